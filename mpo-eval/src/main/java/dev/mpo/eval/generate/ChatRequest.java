package dev.mpo.eval.generate;

import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.data.text.Turn;
import java.nio.file.Path;
import java.util.List;

/**
 * A conversation that is to be continued.
 *
 * @param turns the conversation so far, ending with a question; each {@code <image>} marker in a question takes the
 *     next image. Without any marker the images come before the first question
 * @param images image files in order
 * @param answerStart the first words of the answer, which the model continues; empty for none
 * @param options how tokens are chosen and when an answer ends, besides the template's end of turn
 */
public record ChatRequest(List<Turn> turns, List<Path> images, String answerStart, GenerationOptions options) {

    /** Copies the lists. */
    public ChatRequest {
        turns = List.copyOf(turns);
        images = List.copyOf(images);
    }

    /** Returns a request with one question. */
    public static ChatRequest of(String question, List<Path> images, GenerationOptions options) {
        return new ChatRequest(List.of(Turn.user(question)), images, "", options);
    }
}
