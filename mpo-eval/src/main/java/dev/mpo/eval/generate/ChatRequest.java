package dev.mpo.eval.generate;

import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.data.text.Turn;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation that is to be continued.
 *
 * @param turns the conversation so far, ending with a question; each {@code <image>} marker in a question takes the
 *     next image. Without any marker the images come before the first question
 * @param images image files in order
 * @param answerStart the first words of the answer, which the model continues; empty for none
 * @param options how tokens are chosen and when an answer ends, besides the template's end of turn
 * @param maxTiles most tiles of an image, the thumbnail not counted; null for the generator's own
 */
public record ChatRequest(
        List<Turn> turns,
        List<Path> images,
        String answerStart,
        GenerationOptions options,
        @Nullable Integer maxTiles) {

    /** Copies the lists. */
    public ChatRequest {
        turns = List.copyOf(turns);
        images = List.copyOf(images);
    }

    /** Creates a request whose images are cut as the generator does. */
    public ChatRequest(List<Turn> turns, List<Path> images, String answerStart, GenerationOptions options) {
        this(turns, images, answerStart, options, null);
    }

    /** Returns this request with another largest number of tiles per image. */
    public ChatRequest withMaxTiles(int value) {
        return new ChatRequest(turns, images, answerStart, options, value);
    }

    /** Returns a request with one question. */
    public static ChatRequest of(String question, List<Path> images, GenerationOptions options) {
        return new ChatRequest(List.of(Turn.user(question)), images, "", options);
    }
}
