package dev.mpo.eval.exam;

import java.nio.file.Path;
import java.util.List;

/**
 * A question of an examination.
 *
 * @param dataset the data set that it belongs to, whose name decides how answers are judged
 * @param images image files
 * @param question the question alone
 * @param answer the right answer
 */
public record ExamQuestion(String dataset, List<Path> images, String question, String answer) {

    /** Copies the list. */
    public ExamQuestion {
        images = List.copyOf(images);
    }
}
