package dev.mpo.tools.demo.loop;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.eval.exam.ExamResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Writes what a model answered in an examination, a line per question and style. */
final class ExamFile {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ExamFile() {}

    static void write(Path file, ExamResult result) {
        StringBuilder lines = new StringBuilder();
        result.marks()
                .forEach((style, marks) -> marks.forEach(mark -> {
                    ObjectNode row = JSON.createObjectNode();
                    row.put("dataset", mark.question().dataset());
                    row.put("style", style.name().toLowerCase(Locale.ROOT));
                    row.put("question", mark.question().question());
                    row.put("answer", mark.question().answer());
                    row.put("response", mark.response());
                    row.put("readable", mark.readable());
                    row.put("right", mark.right());
                    lines.append(row).append('\n');
                }));
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
