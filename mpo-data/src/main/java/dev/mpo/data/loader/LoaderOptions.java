package dev.mpo.data.loader;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a {@link PairLoader} delivers and how.
 *
 * @param rank which of the ranks this is, from 0
 * @param worldSize the number of ranks
 * @param microBatch how many pairs that follow each other in the order go to one rank before the next rank's turn: the
 *     pairs of a micro-batch ({@code train.per_device_batch_size})
 * @param start the first position of the run's order to deliver, over all ranks; where a run resumes
 * @param end one past the last position over all ranks; {@link Long#MAX_VALUE} for no end. Give every rank equally
 *     many: make {@code end - start} a multiple of {@code worldSize x microBatch}
 * @param numWorkers encoding threads; 0 encodes in the caller's thread ({@code data.num_workers})
 * @param prefetch how many pairs may be encoded ahead of time
 * @param prefetchBytes how much memory the pixels of pairs encoded ahead of time may take, those of one pair more not
 *     counted ({@code data.prefetch_bytes})
 * @param onBadSample what happens to unusable rows
 * @param maxBadFraction the share of an epoch's pairs that may be unusable before the run stops
 * @param minBadAllowed how many rows may be unusable however small the data set is
 * @param report where to append one JSON line for each unusable row, if anywhere
 */
public record LoaderOptions(
        int rank,
        int worldSize,
        int microBatch,
        long start,
        long end,
        int numWorkers,
        int prefetch,
        long prefetchBytes,
        OnBadSample onBadSample,
        double maxBadFraction,
        long minBadAllowed,
        Optional<Path> report) {

    /** The default of {@link #prefetchBytes}: 256 MiB. */
    public static final long DEFAULT_PREFETCH_BYTES = 256L << 20;

    /** Checks the ranges. */
    public LoaderOptions {
        if (worldSize < 1 || rank < 0 || rank >= worldSize || microBatch < 1) {
            throw new IllegalArgumentException(
                    "rank " + rank + " of " + worldSize + ", micro-batches of " + microBatch + " pairs");
        }
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("positions " + start + " to " + end);
        }
        if (numWorkers < 0 || prefetch < 1 || prefetchBytes < 1) {
            throw new IllegalArgumentException(
                    "numWorkers " + numWorkers + ", prefetch " + prefetch + " pairs or " + prefetchBytes + " bytes");
        }
    }

    /** Returns options for one rank without an end: prefetch of two pairs per worker, 1 % of unusable rows allowed. */
    public static LoaderOptions of(int numWorkers) {
        return new LoaderOptions(
                0,
                1,
                1,
                0,
                Long.MAX_VALUE,
                numWorkers,
                Math.max(1, 2 * numWorkers),
                DEFAULT_PREFETCH_BYTES,
                OnBadSample.REPLACE,
                0.01,
                0,
                Optional.empty());
    }

    /** Returns the same options for one of several ranks that take one pair each in turn. */
    public LoaderOptions withRank(int newRank, int newWorldSize) {
        return withRank(newRank, newWorldSize, 1);
    }

    /**
     * Returns the same options for one of several ranks that take micro-batches in turn.
     *
     * @param pairs the pairs of a micro-batch, the same on all ranks
     */
    public LoaderOptions withRank(int newRank, int newWorldSize, int pairs) {
        return new LoaderOptions(
                newRank,
                newWorldSize,
                pairs,
                start,
                end,
                numWorkers,
                prefetch,
                prefetchBytes,
                onBadSample,
                maxBadFraction,
                minBadAllowed,
                report);
    }

    /** Returns the same options for another stretch of the order. */
    public LoaderOptions withPositions(long newStart, long newEnd) {
        return new LoaderOptions(
                rank,
                worldSize,
                microBatch,
                newStart,
                newEnd,
                numWorkers,
                prefetch,
                prefetchBytes,
                onBadSample,
                maxBadFraction,
                minBadAllowed,
                report);
    }

    /** Returns the same options with another number of pairs, and of bytes, to encode ahead of time. */
    public LoaderOptions withPrefetch(int pairs, long bytes) {
        return new LoaderOptions(
                rank,
                worldSize,
                microBatch,
                start,
                end,
                numWorkers,
                pairs,
                bytes,
                onBadSample,
                maxBadFraction,
                minBadAllowed,
                report);
    }

    /** Returns the same options with another treatment of unusable rows. */
    public LoaderOptions withBadSamples(OnBadSample policy, double newMaxBadFraction, long newMinBadAllowed) {
        return new LoaderOptions(
                rank,
                worldSize,
                microBatch,
                start,
                end,
                numWorkers,
                prefetch,
                prefetchBytes,
                policy,
                newMaxBadFraction,
                newMinBadAllowed,
                report);
    }

    /** Returns the same options with a file for the report of unusable rows. */
    public LoaderOptions withReport(Path file) {
        return new LoaderOptions(
                rank,
                worldSize,
                microBatch,
                start,
                end,
                numWorkers,
                prefetch,
                prefetchBytes,
                onBadSample,
                maxBadFraction,
                minBadAllowed,
                Optional.of(file));
    }
}
