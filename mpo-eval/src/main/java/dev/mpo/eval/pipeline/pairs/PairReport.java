package dev.mpo.eval.pipeline.pairs;

import java.util.List;

/**
 * What became of one file of sampled answers.
 *
 * @param dataset the file's name without its ending
 * @param skipped whether its pairs existed already and were left alone; the counts are zero then
 * @param modes the scores that its answers were judged by
 * @param responses the responses read
 * @param keys the different questions
 * @param right the responses that are right
 * @param wrong the responses that are wrong
 * @param unreadable the responses that do not keep to the format
 * @param undecided the responses of which nobody can tell whether they are right; they are in no pair
 * @param badLines the lines that could not be used
 * @param allRight the keys with right, but no wrong responses
 * @param allWrong the keys with wrong, but no right responses
 * @param correctness the pairs of a right and a wrong response
 * @param format the pairs of a right and an unreadable response
 */
public record PairReport(
        String dataset,
        boolean skipped,
        List<String> modes,
        long responses,
        long keys,
        long right,
        long wrong,
        long unreadable,
        long undecided,
        long badLines,
        long allRight,
        long allWrong,
        Pairs correctness,
        Pairs format) {

    /**
     * Pairs of one kind.
     *
     * @param written the pairs written
     * @param entailed the pairs skipped because the wrong answer contains the right one
     * @param duplicates the pairs skipped because both texts were paired before
     * @param leftOut the pairs left out because there were more than wanted per key
     */
    public record Pairs(long written, long entailed, long duplicates, long leftOut) {}

    /** Returns the share of the responses that could not be judged, 0 to 1; 0 without responses. */
    public double undecidedShare() {
        return responses == 0 ? 0 : (double) undecided / responses;
    }

    /** Returns the report of a file that was left alone. */
    static PairReport skipped(String dataset) {
        Pairs none = new Pairs(0, 0, 0, 0);
        return new PairReport(dataset, true, List.of(), 0, 0, 0, 0, 0, 0, 0, 0, 0, none, none);
    }
}
