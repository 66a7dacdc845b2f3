package dev.mpo.train.ranks;

/**
 * Where a rank is in the sequence of operations that all ranks go through.
 *
 * @param arrived how many operations it has come to
 * @param operation the last of them if it waits for others in it, otherwise empty
 * @param sinceNanos when it came there, by {@link System#nanoTime}
 */
record OperationPlace(long arrived, String operation, long sinceNanos) {

    /** What the rank says about it, together with how long it has been quiet. */
    RankState state(int quietSeconds) {
        long waited = operation.isEmpty() ? 0 : (System.nanoTime() - sinceNanos) / 1_000_000_000L;
        return new RankState(arrived, operation, Math.toIntExact(waited), quietSeconds);
    }
}
