package dev.mpo.eval.benchmark;

import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.data.text.Turn;
import dev.mpo.eval.generate.ChatRequest;
import java.nio.file.Path;
import java.util.List;

/**
 * A row as it is put to a model.
 *
 * @param index the row's index
 * @param message what the model is sent, with a marker for each picture
 * @param images the pictures
 * @param maxTiles most tiles of a picture, the thumbnail not counted
 */
public record BenchmarkQuestion(String index, String message, List<Path> images, int maxTiles) {

    /** Copies the list. */
    public BenchmarkQuestion {
        images = List.copyOf(images);
    }

    /** Returns the request for one greedy answer. */
    ChatRequest request(int maxNewTokens) {
        return new ChatRequest(
                List.of(Turn.user(message)), images, "", GenerationOptions.greedy(maxNewTokens), maxTiles);
    }
}
