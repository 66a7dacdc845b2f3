package dev.mpo.data.check;

import java.util.Locale;

/** What can be wrong with a row. A bad row cannot be used or teaches nothing; a warning is worth a look. */
public enum FindingKind {
    /** The line is not a preference row: invalid JSON, a missing key, a wrong type. */
    MALFORMED(true),
    /** The row is about a video that cannot be used. */
    VIDEO(true),
    /** The number of image markers differs from the number of images. */
    PLACEHOLDER_COUNT(true),
    /** An image file does not exist, or its path is not one of this machine. */
    IMAGE_MISSING(true),
    /** An image file exists and cannot be decoded. */
    IMAGE_UNREADABLE(true),
    /** The text spells out the token that stands for visual features. */
    IMAGE_TOKEN_IN_TEXT(true),
    /** The chosen or the rejected answer is empty or blank. */
    EMPTY_ANSWER(true),
    /** Both answers are the same, so that there is no preference. */
    EQUAL_ANSWERS(true),
    /** The length limit refuses the row, or would cut image tokens off. */
    TOO_LONG_REFUSED(true),
    /** The length limit leaves nothing of the chosen answer. */
    NOTHING_TO_TRAIN(true),
    /** The row cannot be encoded for another reason. */
    UNUSABLE(true),
    /** The length limit cuts an answer or leaves the row out. */
    TOO_LONG(false),
    /** An image file ends before its pixels do, and is used as far as it goes. */
    IMAGE_TRUNCATED(false),
    /** The question is empty or blank and there is no image. */
    EMPTY_QUESTION(false),
    /** A marker that no image takes the place of stays in the text. */
    PLACEHOLDER_IN_TEXT(false),
    /** The text spells out a special token, which would become that token. */
    SPECIAL_TOKEN_IN_TEXT(false),
    /** An earlier row has the same images, question and answers. */
    DUPLICATE(false);

    private final boolean bad;

    FindingKind(boolean bad) {
        this.bad = bad;
    }

    /** Returns whether a row with such a finding is bad; otherwise it is a warning. */
    public boolean bad() {
        return bad;
    }

    /** Returns the name in files and tables, such as {@code image_missing}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
