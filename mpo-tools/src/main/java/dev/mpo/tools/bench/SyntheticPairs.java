package dev.mpo.tools.bench;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.data.image.Tiles;
import dev.mpo.data.pair.EncodedPair;
import java.util.Random;

/** Pairs of random tokens and pixels in given sizes. */
public final class SyntheticPairs {

    /** Id of the image placeholder in these pairs. */
    public static final int IMAGE_TOKEN = 1;

    private static final int FIRST_TEXT_TOKEN = 10;

    private final ModelConfig config;
    private final Random random;

    /** Creates a reproducible source of pairs for a model. */
    public SyntheticPairs(ModelConfig config, long seed) {
        this.config = config;
        this.random = new Random(seed);
    }

    /** Draws a pair; the two answers differ from their first token on. */
    public EncodedPair next(PairShape shape) {
        int image = shape.tiles() * config.imageTokensPerTile();
        int prompt = image + shape.promptTokens();
        int total = prompt + shape.answerTokens();
        int[] chosen = new int[total];
        int[] rejected = new int[total];
        for (int i = 0; i < prompt; i++) {
            boolean visual = i >= 1 && i <= image;
            chosen[i] = visual ? IMAGE_TOKEN : text();
            rejected[i] = chosen[i];
        }
        for (int i = prompt; i < total; i++) {
            chosen[i] = text();
            do {
                rejected[i] = text();
            } while (rejected[i] == chosen[i]);
        }
        int[][] spans = {{prompt, total}};
        return new EncodedPair(
                "synthetic",
                0,
                "synthetic pair",
                tiles(shape.tiles()),
                shape.tiles(),
                image,
                chosen,
                spans,
                rejected,
                spans,
                false,
                false);
    }

    private int text() {
        return FIRST_TEXT_TOKEN + random.nextInt(config.language().vocabSize() - FIRST_TEXT_TOKEN);
    }

    private Tiles tiles(int count) {
        if (count == 0) {
            return Tiles.none(config.imageSize());
        }
        byte[] pixels = new byte[count * config.imageSize() * config.imageSize() * 3];
        random.nextBytes(pixels);
        return new Tiles(count, config.imageSize(), pixels);
    }
}
