package dev.mpo.train.score;

/** Told how far scoring has come. */
@FunctionalInterface
public interface ScoreProgress {

    /** Called after every batch. */
    void at(long rowsDone, long rowsTotal);
}
