package dev.mpo.eval.pipeline.pairs;

import dev.mpo.core.DataException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lines of a file of sampled answers that cannot be used. They are told and counted, and do not end the others. */
final class BadLines {

    private static final Logger LOG = LoggerFactory.getLogger(BadLines.class);
    private static final int MOST_TOLD = 5;

    private final BitSet lines = new BitSet();
    private @Nullable DataException first;

    /** Notes a line, counted from 0, with the reason. */
    void add(int line, DataException reason) {
        lines.set(line);
        int count = lines.cardinality();
        if (first == null) {
            first = reason;
        }
        if (count <= MOST_TOLD) {
            LOG.warn("left out: {}", reason.getMessage());
        } else if (count == MOST_TOLD + 1) {
            LOG.warn("further lines that cannot be used are counted only");
        }
    }

    boolean has(int line) {
        return lines.get(line);
    }

    int count() {
        return lines.cardinality();
    }

    /** Ends the work on a file of which no line can be used, with the reason of its first one. */
    void requireAnyGood(int numLines) {
        if (first != null && count() == numLines) {
            throw first;
        }
    }
}
