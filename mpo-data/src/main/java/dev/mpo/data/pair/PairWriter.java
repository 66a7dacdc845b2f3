package dev.mpo.data.pair;

import dev.mpo.core.DataException;
import dev.mpo.data.pair.EncodeOutcome.Bad;
import dev.mpo.data.pair.EncodeOutcome.Dropped;
import dev.mpo.data.pair.EncodeOutcome.Encoded;
import dev.mpo.data.pair.EncodeOutcome.Refused;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what the model will see of every row of some data sets, in file order and without regard to repeat_time. */
public final class PairWriter {

    private static final Logger LOG = LoggerFactory.getLogger(PairWriter.class);

    private PairWriter() {}

    /**
     * What was written.
     *
     * @param written rows written
     * @param dropped rows left out because {@code data.on_too_long} is drop
     * @param truncated rows written with a cut answer
     */
    public record Summary(long written, long dropped, long truncated) {}

    /**
     * Encodes all rows to a file of {@link EncodedPairJson} lines. A pair whose chosen answer is cut off altogether is
     * written without label spans, although training would leave it out.
     *
     * @throws DataException at the first row that cannot be used or that the settings refuse; what comes before it has
     *     been written
     */
    public static Summary writeAll(List<PairDataset> datasets, PairEncoder encoder, Path file) {
        long written = 0;
        long dropped = 0;
        long truncated = 0;
        try (EncodedPairJson json = EncodedPairJson.create(file)) {
            for (PairDataset dataset : datasets) {
                for (int row = 0; row < dataset.rowCount(); row++) {
                    EncodeOutcome outcome = encoder.tryEncode(dataset, row, 0);
                    if (outcome instanceof Encoded encoded) {
                        warnIfUseless(outcome);
                        json.write(encoded.pair());
                        written++;
                        truncated += encoded.pair().truncated() ? 1 : 0;
                    } else if (outcome instanceof Dropped left) {
                        LOG.warn("left out: {}", left.reason());
                        dropped++;
                    } else {
                        throw failure(outcome);
                    }
                }
            }
        }
        return new Summary(written, dropped, truncated);
    }

    private static void warnIfUseless(EncodeOutcome outcome) {
        if (outcome.trainable() instanceof Bad bad) {
            LOG.warn("training would replace this pair: {}", bad.cause().getMessage());
        }
    }

    private static DataException failure(EncodeOutcome outcome) {
        return outcome instanceof Bad bad ? bad.cause() : ((Refused) outcome).cause();
    }
}
