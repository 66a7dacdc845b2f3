package dev.mpo.train.score;

import dev.mpo.core.DataException;
import dev.mpo.train.config.DataSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the rows that cannot be used, and decides whether there are too many of them. */
final class BadRows {

    private static final Logger LOG = LoggerFactory.getLogger(BadRows.class);
    private static final int MAX_WARNINGS = 20;

    private final DataSettings settings;
    private final long total;
    private final long allowed;
    private @Nullable DataException first;
    private long count;

    BadRows(DataSettings settings, long total) {
        this.settings = settings;
        this.total = total;
        this.allowed = (long) (total * settings.maxBadFraction());
    }

    long count() {
        return count;
    }

    /** Takes note of a row that is itself unusable. */
    void add(DataException cause) {
        if (settings.onBadSample() == DataSettings.OnBadSample.FAIL) {
            throw cause;
        }
        note(cause);
    }

    /** Takes note of a row that is too long in a way that the settings do not put up with. */
    void refuse(DataException cause) {
        if (settings.onTooLong() == DataSettings.OnTooLong.FAIL) {
            throw cause;
        }
        note(cause);
    }

    private void note(DataException cause) {
        if (first == null) {
            first = cause;
        }
        count++;
        if (count <= MAX_WARNINGS) {
            LOG.warn(
                    "left out: {}{}",
                    cause.getMessage(),
                    count == MAX_WARNINGS ? " (more of this kind are not shown)" : "");
        }
    }

    /** Fails if more rows than allowed cannot be used; the message tells where the others went. */
    void throwIfTooMany(Path out) {
        if (first != null && count > allowed) {
            throw new DataException(
                    first.getMessage() + " (" + count + " of " + total + " rows cannot be used, this is the first; "
                            + allowed + " may be, by data.max_bad_fraction=" + settings.maxBadFraction()
                            + "). The scores of the others are in " + out,
                    first);
        }
    }
}
