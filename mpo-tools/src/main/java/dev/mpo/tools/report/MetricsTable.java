package dev.mpo.tools.report;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rows of a {@code metrics.jsonl} file, one per optimizer step, read as columns of numbers. */
final class MetricsTable {

    private static final Logger LOG = LoggerFactory.getLogger(MetricsTable.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<JsonNode> rows;

    private MetricsTable(List<JsonNode> rows) {
        this.rows = rows;
    }

    /**
     * Reads a file. A last line that was cut off in the middle of writing is left out with a warning.
     *
     * @throws DataException if the file is missing, has no row, or another line is no JSON object
     */
    static MetricsTable read(Path file) {
        List<String> lines = lines(file);
        List<JsonNode> rows = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            try {
                rows.add(object(lines.get(i)));
            } catch (JsonProcessingException e) {
                if (i < lines.size() - 1) {
                    throw new DataException(
                            file + ":" + (i + 1) + ": expected one JSON object per line, found "
                                    + e.getOriginalMessage() + ". Remove the line or write the report of another run",
                            e);
                }
                LOG.warn("{}:{}: the last line is incomplete and is left out of the report", file, i + 1);
            }
        }
        if (rows.isEmpty()) {
            throw new DataException(
                    file + ": expected one line per optimizer step, found none. Has the run finished its first step?");
        }
        return new MetricsTable(rows);
    }

    /** Returns the number of steps. */
    int size() {
        return rows.size();
    }

    /** Returns whether any step has a finite value of a metric. */
    boolean has(String metric) {
        for (double value : column(metric)) {
            if (Double.isFinite(value)) {
                return true;
            }
        }
        return false;
    }

    /** Returns a metric's value at each step; NaN where a step has none. */
    double[] column(String metric) {
        return rows.stream().mapToDouble(row -> number(row.get(metric))).toArray();
    }

    /** Returns the names of the metrics with a prefix, in the order in which the steps first mention them. */
    List<String> keysStartingWith(String prefix) {
        Set<String> keys = new LinkedHashSet<>();
        rows.forEach(row -> row.fieldNames().forEachRemaining(keys::add));
        return keys.stream().filter(key -> key.startsWith(prefix)).toList();
    }

    /** Returns the sum of a metric over the steps that have one. */
    double sum(String metric) {
        double sum = 0;
        for (double value : column(metric)) {
            sum += Double.isFinite(value) ? value : 0;
        }
        return sum;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new DataException(
                    file + ": cannot be read (" + e
                            + "). A report needs the directory of a run, the --output of mpo train or mpo demo",
                    e);
        }
    }

    private static JsonNode object(String line) throws JsonProcessingException {
        JsonNode node = JSON.readTree(line);
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw JsonMappingException.from((JsonParser) null, "a " + node.getNodeType());
    }

    private static double number(@Nullable JsonNode value) {
        return value != null && value.isNumber() ? value.asDouble() : Double.NaN;
    }
}
