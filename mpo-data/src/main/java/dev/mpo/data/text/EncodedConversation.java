package dev.mpo.data.text;

/**
 * A conversation as the model reads it.
 *
 * @param ids token ids, at most as many as the encoder's limit
 * @param labelSpans the trained stretches of {@code ids} as [start, end) pairs, ascending, none of them empty
 * @param fullLength how many ids the conversation has before it is cut to the limit
 * @param fullImageTokens how many visual tokens it has before it is cut
 * @param imageTokens how many visual tokens {@code ids} holds
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record EncodedConversation(int[] ids, int[][] labelSpans, int fullLength, int fullImageTokens, int imageTokens) {

    /** Returns whether the limit cut anything off. */
    public boolean truncated() {
        return fullLength > ids.length;
    }

    /** Returns whether the limit cut visual tokens off, which makes the sample useless. */
    public boolean imagesTruncated() {
        return fullImageTokens > imageTokens;
    }

    /** Returns how many of the ids are trained. */
    public int numLabels() {
        int sum = 0;
        for (int[] span : labelSpans) {
            sum += span[1] - span[0];
        }
        return sum;
    }
}
