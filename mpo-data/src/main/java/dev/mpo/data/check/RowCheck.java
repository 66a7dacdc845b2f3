package dev.mpo.data.check;

import dev.mpo.core.DataException;
import dev.mpo.data.jsonl.PreferenceRow;
import dev.mpo.data.pair.EncodeOutcome;
import dev.mpo.data.pair.EncodeOutcome.Bad;
import dev.mpo.data.pair.EncodeOutcome.Dropped;
import dev.mpo.data.pair.EncodeOutcome.Encoded;
import dev.mpo.data.pair.EncodeOutcome.Refused;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairEncoder;
import dev.mpo.data.text.ImageTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Looks at one row at a time, without regard to others. Safe for use by several threads. */
final class RowCheck {

    private final CheckOptions options;
    private final MediaCheck media;

    RowCheck(CheckOptions options) {
        this.options = options;
        this.media = new MediaCheck(options);
    }

    /**
     * What a row is like.
     *
     * @param hash a hash of its content; empty if it cannot be read
     * @param findings what is wrong with it
     */
    record Checked(int dataset, int row, OptionalLong hash, List<Finding> findings) {

        /** Returns whether the row is bad. */
        boolean bad() {
            return findings.stream().anyMatch(finding -> finding.kind().bad());
        }
    }

    Checked check(int index, PairDataset dataset, int row) {
        Findings findings = new Findings(dataset, row);
        PreferenceRow content;
        try {
            content = dataset.row(row);
        } catch (DataException e) {
            findings.add(FindingKind.MALFORMED, e);
            return new Checked(index, row, OptionalLong.empty(), findings.list());
        }
        checkTexts(content, findings);
        checkMarkers(content, findings);
        content.images().forEach(image -> media.checkImage(dataset, image, findings));
        String video = content.shownVideo();
        if (video != null) {
            media.checkVideo(dataset, video, content.clip(), findings);
        }
        if (options.encoder() != null && findings.list().stream().noneMatch(RowCheck::keepsFromEncoding)) {
            checkEncoding(options.encoder(), dataset, row, findings);
        }
        return new Checked(index, row, OptionalLong.of(Hash64.of(identity(content))), findings.list());
    }

    /** Returns what makes two rows the same. */
    static List<String> identity(PreferenceRow row) {
        List<String> parts = new ArrayList<>(row.images());
        parts.add(row.imageList() ? "list" : "single");
        parts.add(row.video() == null ? "" : row.video() + (row.clip() == null ? "" : " " + row.clip()));
        parts.add(row.question());
        parts.add(row.chosen());
        parts.add(row.rejected());
        return parts;
    }

    private static boolean keepsFromEncoding(Finding finding) {
        return finding.kind().bad()
                && finding.kind() != FindingKind.EMPTY_ANSWER
                && finding.kind() != FindingKind.EQUAL_ANSWERS;
    }

    private void checkTexts(PreferenceRow row, Findings findings) {
        checkAnswer("chosen", row.chosen(), findings);
        checkAnswer("rejected", row.rejected(), findings);
        if (!row.chosen().isBlank()
                && row.chosen().strip().equals(row.rejected().strip())) {
            findings.add(
                    FindingKind.EQUAL_ANSWERS,
                    "\"chosen\" and \"rejected\" are the same: expected answers of which one is preferred;"
                            + " remove the row");
        }
        if (row.images().isEmpty() && row.shownVideo() == null && row.question().isBlank()) {
            findings.add(FindingKind.EMPTY_QUESTION, "\"question\" is empty and there is no image: add a question");
        }
        checkTokens("question", row.question(), findings);
        checkTokens("chosen", row.chosen(), findings);
        checkTokens("rejected", row.rejected(), findings);
    }

    private static void checkAnswer(String key, String answer, Findings findings) {
        if (answer.isBlank()) {
            findings.add(
                    FindingKind.EMPTY_ANSWER,
                    "\"" + key + "\" is " + (answer.isEmpty() ? "empty" : "blank")
                            + ": expected an answer; add it or remove the row");
        }
    }

    private void checkTokens(String key, String text, Findings findings) {
        if (text.contains(ImageTokens.CONTEXT)) {
            findings.add(
                    FindingKind.IMAGE_TOKEN_IN_TEXT,
                    "\"" + key + "\" spells out " + ImageTokens.CONTEXT
                            + ", which stands for what the model sees: remove it from the text");
        }
        List<String> reserved = options.reserved().in(text);
        if (!reserved.isEmpty()) {
            findings.add(
                    FindingKind.SPECIAL_TOKEN_IN_TEXT,
                    "\"" + key + "\" spells out " + String.join(", ", reserved)
                            + ", which becomes the special token: remove it unless that is meant");
        }
        if (!key.equals("question") && text.contains(ImageTokens.PLACEHOLDER)) {
            findings.add(
                    FindingKind.PLACEHOLDER_IN_TEXT,
                    "\"" + key + "\" has " + ImageTokens.PLACEHOLDER
                            + ", which stays text in an answer: images go into the question");
        }
    }

    private static void checkMarkers(PreferenceRow row, Findings findings) {
        try {
            PairEncoder.checkMarkers(row);
        } catch (DataException e) {
            findings.add(FindingKind.PLACEHOLDER_COUNT, e);
            return;
        }
        int markers = PairEncoder.markers(row.question());
        if (!row.imageList()
                && row.shownVideo() == null
                && markers > row.images().size()) {
            findings.add(
                    FindingKind.PLACEHOLDER_IN_TEXT,
                    "\"question\" has " + markers + " " + ImageTokens.PLACEHOLDER + " for "
                            + row.images().size() + " images: the last "
                            + (markers - row.images().size())
                            + " stay text; list the images in \"image\", or remove the markers");
        }
    }

    private static void checkEncoding(PairEncoder encoder, PairDataset dataset, int row, Findings findings) {
        EncodeOutcome outcome = encoder.tryEncode(dataset, row, 0);
        if (outcome instanceof Encoded encoded) {
            if (outcome.trainable() instanceof Bad cause) {
                findings.add(FindingKind.NOTHING_TO_TRAIN, cause.cause());
            } else if (encoded.pair().truncated()) {
                findings.add(
                        FindingKind.TOO_LONG,
                        "the " + cut(encoded) + " is cut at data.max_seq_length="
                                + encoder.options().maxSequenceLength()
                                + ": raise it, or leave such rows out with data.on_too_long=drop");
            }
        } else if (outcome instanceof Dropped dropped) {
            findings.add(FindingKind.TOO_LONG, dropped.reason());
        } else if (outcome instanceof Refused refused) {
            findings.add(FindingKind.TOO_LONG_REFUSED, refused.cause());
        } else if (outcome instanceof Bad bad) {
            String message = String.valueOf(bad.cause().getMessage());
            FindingKind other = message.contains("video ") ? FindingKind.VIDEO : FindingKind.UNUSABLE;
            findings.add(message.contains("image ") ? FindingKind.IMAGE_UNREADABLE : other, bad.cause());
        }
    }

    private static String cut(Encoded encoded) {
        boolean chosen = encoded.pair().chosenTruncated();
        boolean both = chosen && encoded.pair().rejectedTruncated();
        return both ? "end of both answers" : "end of the " + (chosen ? "chosen" : "rejected") + " answer";
    }
}
