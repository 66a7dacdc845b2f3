package dev.mpo.data.loader;

import dev.mpo.core.DataException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts unusable rows, each once, and stops the run when there are too many. */
final class BadSampleCap {

    private static final Logger LOG = LoggerFactory.getLogger(BadSampleCap.class);

    private final LoaderOptions options;
    private final long pairsPerEpoch;
    private final long limit;
    private final Set<SampleRef> seen = new HashSet<>(); // never grows beyond limit + 1
    private @Nullable UnusedRow first;
    private long dropped;

    BadSampleCap(LoaderOptions options, long pairsPerEpoch) {
        this.options = options;
        this.pairsPerEpoch = pairsPerEpoch / options.worldSize();
        this.limit = Math.max(options.minBadAllowed(), (long) (this.pairsPerEpoch * options.maxBadFraction()));
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
        if (first == null) {
            first = row;
        }
        if (options.onBadSample() == OnBadSample.FAIL) {
            throw new DataException(row.reason());
        }
        if (seen.size() > limit) {
            throw new DataException(tooMany(first, row));
        }
        LOG.warn("replaced a bad sample ({} of at most {}): {}", seen.size(), limit, row.reason());
    }

    private String tooMany(UnusedRow earliest, UnusedRow latest) {
        String more = earliest.equals(latest) ? "" : "; before that: " + earliest.reason();
        String report = options.report()
                .map(file -> " (all are listed in " + file + ")")
                .orElse("");
        return latest.reason() + more + System.lineSeparator() + "Stopped: " + seen.size() + " of " + pairsPerEpoch
                + " pairs cannot be used" + report + ", and at most " + limit + " may be ("
                + 100 * options.maxBadFraction() + " %). Correct or remove these rows";
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
