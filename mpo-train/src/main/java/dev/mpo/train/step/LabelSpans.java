package dev.mpo.train.step;

/** Questions about the labelled ranges of a sequence, given as [start, end) pairs. */
final class LabelSpans {

    private LabelSpans() {}

    static boolean contains(int[][] spans, int position) {
        for (int[] span : spans) {
            if (position >= span[0] && position < span[1]) {
                return true;
            }
        }
        return false;
    }

    /** Returns one past the last row whose hidden state some label needs: the last labelled position. */
    static int neededRows(int[][] spans) {
        int last = 0;
        for (int[] span : spans) {
            if (span[1] > span[0]) {
                last = Math.max(last, span[1] - 1);
            }
        }
        return last;
    }
}
