package dev.mpo.data.loader;

import java.util.Comparator;
import java.util.List;

/**
 * What a loader remembers of the rows behind it, so that a resumed run counts and caps them as if it had never stopped.
 *
 * <p>Each rank has a history of its own. A checkpoint stores what {@link #merge} makes of all of them, which any number
 * of ranks can go on from.
 *
 * @param bad the different rows that could not be used
 * @param dropped occurrences of rows left out for their length
 * @param truncated pairs handed out with a cut answer
 */
public record LoaderHistory(List<SampleRef> bad, long dropped, long truncated) {

    /** Nothing behind yet. */
    public static final LoaderHistory NONE = new LoaderHistory(List.of(), 0, 0);

    /** Copies the list. */
    public LoaderHistory {
        bad = List.copyOf(bad);
    }

    /** Returns the history of a run from those of its ranks: each bad row once, in a fixed order, and sums. */
    public static LoaderHistory merge(List<LoaderHistory> ranks) {
        List<SampleRef> bad = ranks.stream()
                .flatMap(rank -> rank.bad().stream())
                .distinct()
                .sorted(Comparator.comparingInt(SampleRef::dataset).thenComparingInt(SampleRef::row))
                .toList();
        return new LoaderHistory(
                bad,
                ranks.stream().mapToLong(LoaderHistory::dropped).sum(),
                ranks.stream().mapToLong(LoaderHistory::truncated).sum());
    }

    /**
     * Returns the part of a run's history that a rank goes on from: all know the bad rows, so that none counts anew,
     * and the counts go on at rank 0, so that merging gives each of them once.
     */
    public LoaderHistory ofRank(int rank) {
        return rank == 0 ? this : new LoaderHistory(bad, 0, 0);
    }
}
