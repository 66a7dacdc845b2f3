package dev.mpo.eval.pipeline.sample;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which samples of which questions exist already. Rows say their number in {@code sample}; those of other programs,
 * which do not, count from 0.
 */
final class DoneSamples {

    private static final Logger LOG = LoggerFactory.getLogger(DoneSamples.class);
    private static final JsonMapper MAPPER = new JsonMapper();

    private final Map<Long, BitSet> samples = new HashMap<>();

    /** Reads the files of a data set. */
    static DoneSamples read(List<Path> files, List<String> keyFields) {
        DoneSamples done = new DoneSamples();
        for (Path file : files) {
            // unlike Files' own, this reader takes half of a character at the end of a line that was never finished
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
                done.readAll(file, lines, keyFields);
            } catch (IOException e) {
                throw new ConfigException(file + " cannot be read: " + e, e);
            }
        }
        return done;
    }

    private void readAll(Path file, BufferedReader lines, List<String> keyFields) throws IOException {
        String line = lines.readLine();
        for (int number = 1; line != null; number++) {
            String following = lines.readLine();
            ObjectNode row = row(line);
            if (row != null) {
                add(row, keyFields);
            } else if (following != null) {
                throw new DataException(file + ":" + number + ": expected a JSON object, got "
                        + line.substring(0, Math.min(80, line.length())) + ": correct or remove the line");
            } else {
                LOG.debug("{}:{} is unfinished", file, number); // of a process that was killed, or is at it
            }
            line = following;
        }
    }

    private static @Nullable ObjectNode row(String line) {
        try {
            return MAPPER.readTree(line) instanceof ObjectNode row ? row : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private void add(ObjectNode row, List<String> keyFields) {
        BitSet known = samples.computeIfAbsent(SampleKey.of(row, keyFields), key -> new BitSet());
        JsonNode sample = row.path("sample");
        known.set(sample.canConvertToInt() && sample.intValue() >= 0 ? sample.intValue() : known.nextClearBit(0));
    }

    /** Returns whether a sample exists. */
    boolean has(long key, int sample) {
        BitSet known = samples.get(key);
        return known != null && known.get(sample);
    }

    /** Returns how many samples of a range exist. */
    int count(long key, int first, int count) {
        BitSet known = samples.get(key);
        return known == null ? 0 : known.get(first, first + count).cardinality();
    }
}
