package dev.mpo.data.loader;

import dev.mpo.core.DataException;
import dev.mpo.data.length.RowLengths;
import dev.mpo.data.pair.PairDataset;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The global order of a run: which row stands at which position of which epoch, a pure function of (seed, epoch,
 * position).
 *
 * <p>An epoch takes every data set as often as its {@code repeat_time} says. From 1 on it is rounded down to a number
 * of copies, each of which holds all rows. Below 1, {@code int(rows x repeat_time)} rows take part: the rows are cut
 * into that many stretches of nearly equal length and one row is drawn from each, so that the share is spread evenly
 * over the file, in file order; the same rows take part in every epoch.
 *
 * <p>Without shuffling, positions go through the data sets in the order of the meta file, then copy by copy, then line
 * by line, in every epoch. With shuffling, a keyed permutation of the whole epoch, another one for every epoch, comes
 * in between; {@link LengthGroups} may then bring rows of similar length together. No memory is taken per row.
 */
public final class SampleOrder {

    // Purposes keep the random numbers of different uses apart.
    private static final long SUBSET = 1;
    private static final long SHUFFLE = 2;
    private static final long REPLACEMENT = 3;
    private static final long GROUPS = 4;

    private static final int ATTEMPTS_IN_DATASET = 8;

    private final int[] rows;
    private final long[] pairs; // per data set and epoch
    private final long[] ends; // running sum of pairs
    private final long seed;
    private final boolean shuffle;
    private final @Nullable LengthGroups groups;
    private final long lengthChecksum;

    private SampleOrder(
            int[] rows, long[] pairs, long seed, boolean shuffle, @Nullable RowLengths lengths, int groupSize) {
        this.rows = rows;
        this.pairs = pairs;
        this.ends = pairs.clone();
        Arrays.parallelPrefix(ends, Long::sum);
        this.seed = seed;
        this.shuffle = shuffle;
        this.groups = lengths == null ? null : new LengthGroups(groupSize, place -> length(lengths, place));
        this.lengthChecksum = lengths == null ? 0 : 31 * lengths.checksum() + groupSize;
    }

    private int length(RowLengths lengths, long place) {
        SampleRef ref = unshuffled(place);
        return lengths.of(ref.dataset(), ref.row());
    }

    /**
     * Returns the order over some data sets.
     *
     * @throws DataException if an epoch would be empty
     */
    public static SampleOrder of(List<PairDataset> datasets, long seed, boolean shuffle) {
        return of(datasets, seed, shuffle, null, 1);
    }

    /**
     * Returns a shuffled order over some data sets that brings rows of similar length together.
     *
     * @param groupSize how many pairs of similar length follow each other: at least the pairs that all ranks process at
     *     the same time, and not by the number of ranks, so that another number goes on with the same order
     * @throws DataException if an epoch would be empty
     */
    public static SampleOrder grouped(List<PairDataset> datasets, long seed, RowLengths lengths, int groupSize) {
        return of(datasets, seed, true, lengths, groupSize);
    }

    private static SampleOrder of(
            List<PairDataset> datasets, long seed, boolean shuffle, @Nullable RowLengths lengths, int groupSize) {
        int[] rows = datasets.stream().mapToInt(PairDataset::rowCount).toArray();
        long[] pairs = datasets.stream().mapToLong(PairDataset::pairsPerEpoch).toArray();
        if (Arrays.stream(pairs).sum() == 0) {
            throw new DataException("the " + datasets.size() + " data sets " + datasets
                    + " give no pair at all: fill the annotation files or raise repeat_time in the meta file");
        }
        return new SampleOrder(rows, pairs, seed, shuffle, lengths, groupSize);
    }

    /** Returns the order over data sets of {@code rows[i]} rows that give {@code pairs[i]} pairs each. */
    static SampleOrder of(int[] rows, long[] pairs, long seed, boolean shuffle) {
        return new SampleOrder(rows.clone(), pairs.clone(), seed, shuffle, null, 1);
    }

    /** As above, shuffled and grouped by length. */
    static SampleOrder grouped(int[] rows, long[] pairs, long seed, RowLengths lengths, int groupSize) {
        return new SampleOrder(rows.clone(), pairs.clone(), seed, true, lengths, groupSize);
    }

    /**
     * Returns a number that most likely differs where any position of any epoch has another row: for ranks to make sure
     * that they share one order.
     */
    public long fingerprint() {
        long[] parts = {Arrays.hashCode(rows), Arrays.hashCode(pairs), seed, shuffle ? 1 : 0, lengthChecksum};
        return CounterRandom.bits(parts);
    }

    /** Returns the number of pairs in an epoch. */
    public long size() {
        return ends[ends.length - 1];
    }

    /** Returns the number of pairs that a data set has in an epoch. */
    public long size(int dataset) {
        return pairs[dataset];
    }

    /** Returns the row at a position that counts on through the epochs: {@code epoch = position / size()}. */
    public SampleRef at(long position) {
        return at(position / size(), position % size());
    }

    /** Returns the row at a position of an epoch, both counted from 0. */
    public SampleRef at(long epoch, long position) {
        if (epoch < 0 || position < 0 || position >= size()) {
            throw new IllegalArgumentException("epoch " + epoch + ", position " + position + " of " + size());
        }
        return unshuffled(shuffle ? shuffled(epoch, position) : position);
    }

    private long shuffled(long epoch, long position) {
        Permutation permutation = new Permutation(size(), seed, SHUFFLE, epoch);
        return groups == null
                ? permutation.apply(position)
                : groups.at(epoch, position, permutation, CounterRandom.bits(seed, GROUPS));
    }

    /**
     * Returns the row that takes the place of an unusable one, a pure function of (seed, position, attempt): a row of
     * the same data set drawn at random, so that the mixture keeps its proportions. If a whole data set seems to be
     * unusable (attempts above 8), any row of the epoch.
     *
     * @param position as in {@link #at(long)}
     * @param attempt 1 for the first substitute, 2 for the substitute of an unusable substitute, ..
     */
    public SampleRef replacement(long position, int attempt) {
        if (attempt > ATTEMPTS_IN_DATASET) {
            return unshuffled(CounterRandom.below(size(), seed, REPLACEMENT, position, attempt));
        }
        int dataset = at(position).dataset();
        long within = CounterRandom.below(pairs[dataset], seed, REPLACEMENT, position, attempt);
        return new SampleRef(dataset, row(dataset, within));
    }

    private SampleRef unshuffled(long index) {
        int dataset = 0;
        while (ends[dataset] <= index) {
            dataset++;
        }
        long within = index - (ends[dataset] - pairs[dataset]);
        return new SampleRef(dataset, row(dataset, within));
    }

    private int row(int dataset, long within) {
        long numRows = rows[dataset];
        if (pairs[dataset] >= numRows) {
            return (int) (within % numRows);
        }
        long start = stretch(within, numRows, pairs[dataset]);
        long end = stretch(within + 1, numRows, pairs[dataset]);
        return (int) (start + CounterRandom.below(end - start, seed, SUBSET, dataset, within));
    }

    private static long stretch(long index, long numRows, long numStretches) {
        return index * numRows / numStretches;
    }
}
