package dev.mpo.eval.benchmark;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A row of a data set with a model's answer.
 *
 * @param row the row
 * @param prediction the answer as it is scored; {@code nan} where there is none, as it reads back from a file
 */
public record Answered(Map<String, Object> row, String prediction) {

    /** Returns a value of the row as text; {@code nan} if it is missing. */
    String text(String column) {
        return DataTable.text(row, column).orElse("nan");
    }

    /** Returns a value of the row as text, if it is there. */
    Optional<String> find(String column) {
        return DataTable.text(row, column);
    }

    /** Returns the right answers: those of a list in Python's notation, else the one. */
    List<String> answers() {
        String answer = text("answer");
        return PythonList.isList(answer) ? PythonList.strings(answer) : List.of(answer);
    }
}
