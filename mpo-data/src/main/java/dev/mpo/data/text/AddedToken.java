package dev.mpo.data.text;

/**
 * A token that is recognised in the text before the vocabulary is consulted.
 *
 * @param content how it is written
 * @param id its id
 * @param stripsLeft whether white space before it disappears
 * @param stripsRight whether white space after it disappears
 * @param singleWord whether it counts only between spaces
 */
record AddedToken(String content, int id, boolean stripsLeft, boolean stripsRight, boolean singleWord) {

    /** Ids are below this; far above every published vocabulary. */
    static final int MAX_IDS = 1 << 24;

    /** Returns a token without conditions. */
    static AddedToken plain(String content, int id) {
        return new AddedToken(content, id, false, false, false);
    }
}
