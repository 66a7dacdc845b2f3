package dev.mpo.train.pipeline;

import java.nio.file.Path;
import java.util.List;

/** Where the pipelines get texts from: a model of this library, or a server that runs one. */
@FunctionalInterface
public interface Sampler {

    /**
     * Returns continuations of one prompt, each sampled on its own.
     *
     * @param prompt the user's turn; holds one {@code <image>} marker per image
     * @param images image files in the order of the markers; empty for a prompt without images
     * @param prefix how the reply begins; the continuations follow it and do not repeat it; empty for a free reply
     * @param count the number of continuations, at least 1
     * @return {@code count} texts without end-of-turn tokens
     */
    List<String> sample(String prompt, List<Path> images, String prefix, int count);
}
