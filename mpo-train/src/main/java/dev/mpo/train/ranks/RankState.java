package dev.mpo.train.ranks;

/**
 * What a rank says about itself every second.
 *
 * @param arrived how many operations it has come to
 * @param operation the operation in which it waits for others, empty if it does not wait
 * @param waitedSeconds how long it has waited there
 * @param quietSeconds how long it has neither computed nor moved data, by {@link Activity}
 */
record RankState(long arrived, String operation, int waitedSeconds, int quietSeconds) {

    /** A rank that has not said anything yet. */
    static final RankState UNKNOWN = new RankState(0, "", 0, 0);

    /** Whether it waits for other ranks. */
    boolean waits() {
        return !operation.isEmpty();
    }
}
