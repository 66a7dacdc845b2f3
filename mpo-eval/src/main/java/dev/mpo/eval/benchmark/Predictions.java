package dev.mpo.eval.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.dhatim.fastexcel.reader.Cell;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.Row;

/** Files of predictions that VLMEvalKit writes and re-scores: the data set without pictures, and the answers. */
public final class Predictions {

    /** The column of the answers. */
    public static final String COLUMN = "prediction";

    private static final String MISSING = "nan";
    private static final int LONGEST_CELL = 32_767;

    private Predictions() {}

    /**
     * Reads the answers of a file by the index of their row: xlsx, tsv or json. What pandas takes for missing, such as
     * an empty answer or {@code None}, is {@code nan}.
     *
     * @throws DataException if the file has no columns {@code index} and {@code prediction}
     */
    public static Map<String, String> read(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".xlsx")) {
            return xlsx(file);
        }
        if (name.endsWith(".json")) {
            return json(file);
        }
        DataTable table = DataTable.read(file);
        if (!table.columns().contains("index") || !table.columns().contains(COLUMN)) {
            throw new DataException(file + ": expected columns index and prediction, got " + table.columns());
        }
        Map<String, String> answers = new LinkedHashMap<>();
        table.rows()
                .forEach(row -> DataTable.text(row, "index")
                        .ifPresent(index ->
                                answers.put(index, DataTable.text(row, COLUMN).orElse(MISSING))));
        return answers;
    }

    private static Map<String, String> json(Path file) {
        try {
            Map<String, String> answers = new LinkedHashMap<>();
            JsonNode root = new JsonMapper().readTree(file.toFile());
            for (JsonNode row : root) {
                if (!row.has("index") || !row.has(COLUMN)) {
                    throw new DataException(file + ": expected a list of objects with index and prediction");
                }
                JsonNode answer = row.get(COLUMN);
                answers.put(row.get("index").asText(), answer.isNull() ? MISSING : answer.asText());
            }
            return answers;
        } catch (IOException e) {
            throw new DataException(file + " cannot be read as JSON: check the path and the file", e);
        }
    }

    private static Map<String, String> xlsx(Path file) {
        try (InputStream in = Files.newInputStream(file);
                ReadableWorkbook workbook = new ReadableWorkbook(in);
                Stream<Row> stream = workbook.getFirstSheet().openStream()) {
            List<Row> rows = stream.toList();
            List<String> columns = rows.isEmpty() ? List.of() : cells(rows.get(0));
            int index = columns.indexOf("index");
            int prediction = columns.indexOf(COLUMN);
            if (index < 0 || prediction < 0) {
                throw new DataException(file + ": expected columns index and prediction, got " + columns);
            }
            Map<String, String> answers = new LinkedHashMap<>();
            for (Row row : rows.subList(1, rows.size())) {
                List<String> cells = cells(row);
                if (index < cells.size() && !cells.get(index).isEmpty()) {
                    String text = prediction < cells.size() ? cells.get(prediction) : "";
                    answers.put(
                            number(cells.get(index)),
                            ColumnType.TEXT.value(text).map(Object::toString).orElse(MISSING));
                }
            }
            return answers;
        } catch (IOException e) {
            throw new DataException(file + " cannot be read as an xlsx file: check the path and the file", e);
        }
    }

    private static List<String> cells(Row row) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < row.getCellCount(); i++) {
            Cell cell = row.getCell(i);
            cells.add(cell == null ? "" : cell.getText());
        }
        return cells;
    }

    private static String number(String index) {
        return index.matches("-?[0-9]+\\.0") ? index.substring(0, index.length() - 2) : index;
    }

    /** Writes the file that VLMEvalKit re-scores, as tsv and as xlsx beside it; it appears when it is complete. */
    static void write(Path folder, String name, DataTable table, List<Answered> answers) {
        List<String> columns = new ArrayList<>(table.columns());
        columns.remove("image");
        columns.add(COLUMN);
        try {
            Files.createDirectories(folder);
            Path tsv = folder.resolve(name + ".tsv");
            Path partial = folder.resolve(name + ".partial");
            try (BufferedWriter out = Files.newBufferedWriter(partial, StandardCharsets.UTF_8)) {
                line(out, columns);
                for (Answered each : answers) {
                    line(
                            out,
                            columns.stream().map(column -> value(each, column)).toList());
                }
            }
            Files.move(partial, tsv, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            writeWorkbook(partial, columns, answers);
            Files.move(
                    partial,
                    folder.resolve(name + ".xlsx"),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ConfigException(
                    "predictions cannot be written to " + folder + ": free space or choose another --out", e);
        }
    }

    private static void writeWorkbook(Path file, List<String> columns, List<Answered> answers) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                Workbook workbook = new Workbook(out, "mpo", "1.0")) {
            Worksheet sheet = workbook.newWorksheet("Sheet1");
            for (int c = 0; c < columns.size(); c++) {
                sheet.value(0, c, columns.get(c));
            }
            for (int r = 0; r < answers.size(); r++) {
                for (int c = 0; c < columns.size(); c++) {
                    String value = value(answers.get(r), columns.get(c));
                    sheet.value(r + 1, c, value.length() > LONGEST_CELL ? value.substring(0, LONGEST_CELL) : value);
                }
            }
        }
    }

    private static String value(Answered answered, String column) {
        return column.equals(COLUMN)
                ? answered.prediction()
                : answered.find(column).orElse("");
    }

    private static void line(BufferedWriter out, List<String> values) throws IOException {
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i);
            boolean quoted = value.chars().anyMatch(c -> c == '\t' || c == '\n' || c == '\r' || c == '"');
            out.write((i == 0 ? "" : "\t") + (quoted ? '"' + value.replace("\"", "\"\"") + '"' : value));
        }
        out.write('\n');
    }
}
