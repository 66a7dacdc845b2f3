package dev.mpo.eval.benchmark;

import dev.mpo.core.DataException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A data set in VLMEvalKit's form: tab-separated values with CSV quoting, typed as pandas types them.
 *
 * <p>A column is typed as a whole: integers, numbers (also integers with gaps, so that 3 becomes 3.0), truth values, or
 * texts. {@code NA}, {@code None}, {@code nan}, {@code null} and their like, quoted or not, are missing.
 *
 * @param columns the names in order
 * @param rows the values that are not missing, by column: {@link Long}, {@link Double}, {@link Boolean} or
 *     {@link String}
 */
public record DataTable(List<String> columns, List<Map<String, Object>> rows) {

    private static final int MOST_COLUMNS = 1_000;

    /** Copies the lists. */
    public DataTable {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /**
     * Reads a file.
     *
     * @throws DataException naming the file, and the line where it cannot be read as a table
     */
    public static DataTable read(Path file) {
        try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            List<List<String>> lines = new TabReader(in, file.toString()).lines();
            if (lines.isEmpty()) {
                throw new DataException(file + ": the file is empty; expected a line of column names");
            }
            List<String> columns = new ArrayList<>(lines.get(0));
            if (columns.size() > MOST_COLUMNS) {
                throw new DataException(file + ": more than " + MOST_COLUMNS + " columns, which no data set has");
            }
            columns.replaceAll(name -> name.startsWith("\uFEFF") ? name.substring(1) : name);
            return typed(columns, lines.subList(1, lines.size()), file);
        } catch (MalformedInputException e) {
            throw new DataException(file + ": expected UTF-8 text: convert the file", e);
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: check the path and its permissions", e);
        }
    }

    private static DataTable typed(List<String> columns, List<List<String>> lines, Path file) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).size() > columns.size()) {
                throw new DataException(
                        file + ": row " + (i + 1) + " has " + lines.get(i).size() + " values for " + columns.size()
                                + " columns: quote values that hold tabs");
            }
            rows.add(new LinkedHashMap<>());
        }
        for (int c = 0; c < columns.size(); c++) {
            int column = c;
            List<String> texts = lines.stream()
                    .map(line -> column < line.size() ? line.get(column) : "")
                    .toList();
            ColumnType type = ColumnType.of(texts);
            for (int r = 0; r < texts.size(); r++) {
                Optional<Object> value = type.value(texts.get(r));
                if (value.isPresent()) {
                    rows.get(r).put(columns.get(c), value.get());
                }
            }
        }
        return new DataTable(columns, rows);
    }

    /** Returns a value as Python prints it; nothing if it is missing. */
    public static Optional<String> text(Map<String, Object> row, String column) {
        return Optional.ofNullable(row.get(column)).map(PythonNumber::text);
    }
}
