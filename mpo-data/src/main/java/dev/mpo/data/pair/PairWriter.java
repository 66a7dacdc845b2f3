package dev.mpo.data.pair;

import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.data.pair.EncodeOutcome.Bad;
import dev.mpo.data.pair.EncodeOutcome.Dropped;
import dev.mpo.data.pair.EncodeOutcome.Encoded;
import dev.mpo.data.pair.EncodeOutcome.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what the model will see of every row of some data sets, in file order and without regard to repeat_time. */
public final class PairWriter {

    private static final Logger LOG = LoggerFactory.getLogger(PairWriter.class);

    /** After so many warnings of one kind the rest is only counted. */
    private static final int MAX_WARNINGS = 20;

    private final PairEncoder encoder;
    private final Progress progress;
    private long rows;
    private long written;
    private long dropped;
    private long truncated;
    private long useless;
    private long bad;
    private long tokens;
    private long tiles;
    private int longestSequence;
    private @Nullable DataException firstBad;

    private PairWriter(PairEncoder encoder, Progress progress) {
        this.encoder = encoder;
        this.progress = progress;
    }

    /** Told how far the writing has come. */
    @FunctionalInterface
    public interface Progress {

        /** Called after every row. */
        void at(long rowsDone, long rowsTotal);
    }

    /**
     * What was written.
     *
     * @param written pairs written
     * @param dropped rows left out because {@code data.on_too_long} is drop
     * @param truncated pairs written with a cut answer
     * @param tokens tokens of all sequences written
     * @param tiles tiles of all pairs written
     * @param longestSequence tokens of the longest sequence written
     */
    public record Summary(long written, long dropped, long truncated, long tokens, long tiles, int longestSequence) {}

    /**
     * Encodes all rows to a file of {@link EncodedPairJson} lines, whose folder is created when absent. A pair whose
     * chosen answer is cut off altogether is written without label spans, although training would leave it out.
     *
     * @throws DataException if there are rows that cannot be used or that the settings refuse: naming the first of
     *     them, after all others have been written
     * @throws ConfigException if the file cannot be written
     */
    public static Summary writeAll(List<PairDataset> datasets, PairEncoder encoder, Path file, Progress progress) {
        PairWriter writer = new PairWriter(encoder, progress);
        try (EncodedPairJson json = create(file)) {
            writer.writeAll(datasets, json);
        }
        writer.throwIfBad();
        return new Summary(
                writer.written, writer.dropped, writer.truncated, writer.tokens, writer.tiles, writer.longestSequence);
    }

    private static EncodedPairJson create(Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.deleteIfExists(file);
            Files.createFile(file);
        } catch (IOException e) {
            throw new ConfigException("cannot write " + file + " (" + e + "): choose another output file", e);
        }
        return EncodedPairJson.create(file);
    }

    private void writeAll(List<PairDataset> datasets, EncodedPairJson json) {
        long total = datasets.stream().mapToLong(PairDataset::rowCount).sum();
        for (PairDataset dataset : datasets) {
            for (int row = 0; row < dataset.rowCount(); row++) {
                take(encoder.tryEncode(dataset, row, 0), json);
                rows++;
                progress.at(rows, total);
            }
        }
    }

    private void take(EncodeOutcome outcome, EncodedPairJson json) {
        if (outcome instanceof Encoded encoded) {
            json.write(encoded.pair());
            count(encoded.pair());
            if (outcome.trainable() instanceof Bad cause) {
                warn(
                        ++useless,
                        "training would replace this pair: " + cause.cause().getMessage());
            }
        } else if (outcome instanceof Dropped left) {
            warn(++dropped, "left out: " + left.reason());
        } else if (outcome instanceof Bad cause) {
            reject(cause.cause());
        } else if (outcome instanceof Refused cause) {
            reject(cause.cause());
        }
    }

    private void count(EncodedPair pair) {
        written++;
        tokens += pair.numTokens();
        tiles += pair.numTiles();
        longestSequence = Math.max(longestSequence, Math.max(pair.chosenIds().length, pair.rejectedIds().length));
        if (pair.truncated()) {
            int limit = encoder.options().maxSequenceLength();
            warn(++truncated, pair.where() + ": an answer was cut at data.max_seq_length=" + limit);
        }
    }

    private void reject(DataException cause) {
        if (firstBad == null) {
            firstBad = cause;
        }
        warn(++bad, String.valueOf(cause.getMessage()));
    }

    private void throwIfBad() {
        if (firstBad != null) {
            String others = bad == 1 ? "" : " (" + bad + " of " + rows + " rows cannot be used; this is the first)";
            throw new DataException(firstBad.getMessage() + others, firstBad);
        }
    }

    private static void warn(long count, String message) {
        if (count <= MAX_WARNINGS) {
            LOG.warn("{}{}", message, count == MAX_WARNINGS ? " (more of this kind are not shown)" : "");
        }
    }
}
