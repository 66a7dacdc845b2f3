package dev.mpo.eval.pipeline.pairs;

/** Counts of one kind of pairs while they are made. */
final class PairCounts {

    long written;
    long entailed;
    long duplicates;
    long leftOut;

    PairReport.Pairs report() {
        return new PairReport.Pairs(written, entailed, duplicates, leftOut);
    }
}
