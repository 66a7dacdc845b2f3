package dev.mpo.data.loader;

import dev.mpo.core.DataException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts unusable rows, each once, and stops the run when there are too many. The limit is that of the whole run, not
 * of a rank.
 */
final class BadSampleCap {

    private static final Logger LOG = LoggerFactory.getLogger(BadSampleCap.class);

    private final LoaderOptions options;
    private final long pairsPerEpoch;
    private final long limit;
    private final Set<SampleRef> seen = new HashSet<>(); // never grows beyond limit + 1 of this rank's finding
    private final List<SampleRef> unreported = new ArrayList<>();
    private @Nullable UnusedRow first;
    private long dropped;

    BadSampleCap(LoaderOptions options, long pairsPerEpoch) {
        this.options = options;
        this.pairsPerEpoch = pairsPerEpoch;
        this.limit = Math.max(options.minBadAllowed(), (long) (pairsPerEpoch * options.maxBadFraction()));
    }

    /**
     * Takes note of a row.
     *
     * @throws DataException if it is one too many
     */
    void add(UnusedRow row) {
        if (row.dropped()) {
            dropped++;
            if (Long.bitCount(dropped) == 1) {
                LOG.warn("left out for its length (number {}): {}", dropped, row.reason());
            }
            return;
        }
        if (!seen.add(row.ref())) {
            return;
        }
        unreported.add(row.ref());
        if (first == null) {
            first = row;
        }
        if (options.onBadSample() == OnBadSample.FAIL) {
            throw new DataException(row.reason());
        }
        if (seen.size() > limit) {
            String more = first.equals(row) ? "" : "; before that: " + first.reason();
            throw new DataException(row.reason() + more + System.lineSeparator() + tooMany());
        }
        LOG.warn("replaced a bad sample ({} of at most {}): {}", seen.size(), limit, row.reason());
    }

    /** Takes note of rows that other ranks came upon. */
    void noteElsewhere(Collection<SampleRef> rows) {
        seen.addAll(rows);
        if (seen.size() > limit) {
            String own = first == null ? "" : first.reason() + System.lineSeparator();
            throw new DataException(own + tooMany());
        }
    }

    private String tooMany() {
        String report = options.report()
                .map(file -> " (all are listed in " + file
                        + (options.worldSize() == 1 ? "" : " and the files of the other ranks beside it") + ")")
                .orElse("");
        return "Stopped: " + seen.size() + " of " + pairsPerEpoch + " pairs cannot be used" + report
                + ", and at most " + limit + " may be (" + 100 * options.maxBadFraction()
                + " %). Correct or remove these rows";
    }

    /** Returns the rows that {@link #add} found bad since the last call. */
    List<SampleRef> newBad() {
        List<SampleRef> rows = List.copyOf(unreported);
        unreported.clear();
        return rows;
    }

    /** The different rows found bad, in a fixed order. */
    List<SampleRef> seen() {
        return seen.stream()
                .sorted(Comparator.comparingInt(SampleRef::dataset).thenComparingInt(SampleRef::row))
                .toList();
    }

    /** Counts on from an earlier part of the run. */
    void restore(List<SampleRef> bad, long droppedBefore) {
        seen.addAll(bad);
        dropped = droppedBefore;
    }

    long bad() {
        return seen.size();
    }

    long dropped() {
        return dropped;
    }
}
