package dev.mpo.eval.benchmark;

import dev.mpo.core.DataException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A data set that models are examined on.
 *
 * @param name the file's name without its ending, which decides about prompts, tiles and scores
 * @param file the file
 * @param table its rows; where it has a column of pictures, only those with one, as in VLMEvalKit
 * @param leftOut the rows without a picture that were left out
 */
public record Benchmark(String name, Path file, DataTable table, int leftOut) {

    private static final String SUFFIX = ".tsv";

    /**
     * Opens a file in VLMEvalKit's form.
     *
     * @throws DataException if it cannot be read, or has no columns {@code index} and {@code question}
     */
    public static Benchmark open(Path file) {
        String name = file.getFileName().toString();
        if (!name.toLowerCase(Locale.ROOT).endsWith(SUFFIX)) {
            throw new DataException("--data " + file + ": expected a file of VLMEvalKit whose name ends with .tsv");
        }
        DataTable all = DataTable.read(file);
        for (String column : List.of("index", "question")) {
            if (!all.columns().contains(column)) {
                throw new DataException(file + ": expected a column " + column + ", got " + all.columns());
            }
        }
        List<Map<String, Object>> rows = all.columns().contains("image")
                ? all.rows().stream().filter(row -> row.containsKey("image")).toList()
                : all.rows();
        if (rows.isEmpty()) {
            throw new DataException(file + ": the file has no rows that can be asked");
        }
        return new Benchmark(
                name.substring(0, name.length() - SUFFIX.length()),
                file,
                new DataTable(all.columns(), rows),
                all.rows().size() - rows.size());
    }

    /** Returns the rows with their answers, in the order of the file; a row without one has {@code nan}. */
    public List<Answered> answered(Map<String, String> answers) {
        return table.rows().stream()
                .map(row -> new Answered(
                        row, answers.getOrDefault(DataTable.text(row, "index").orElse(""), "nan")))
                .toList();
    }
}
