package dev.mpo.core.generate;

import java.util.Arrays;

/**
 * One answer.
 *
 * @param request number of the request, counted from 0 in the order in which they were taken
 * @param sample number of the answer among those to the same prompt, from 0
 * @param ids the new token ids, the stop token included if one came; empty if a server answered, which tells no ids
 * @param logps log-probability of each new token under the model itself, at temperature 1, without limits or penalty;
 *     what a server reports is its own; empty if it reports none
 * @param text the text of the new tokens, without special tokens, cut before a stop string
 * @param finishReason why it ended
 * @param promptTokens number of tokens of the prompt; 0 if a server answered that does not tell
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Generation(
        long request, int sample, int[] ids, double[] logps, String text, FinishReason finishReason, int promptTokens) {

    /** Returns the log-probability of the whole answer; NaN if it is not known. */
    public double sumLogps() {
        return logps.length == 0 ? Double.NaN : Arrays.stream(logps).sum();
    }
}
