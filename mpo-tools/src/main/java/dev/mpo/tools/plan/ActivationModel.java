package dev.mpo.tools.plan;

import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.VisionConfig;
import dev.mpo.core.model.Part;

/**
 * Counts the numbers that are kept of each stage: what the written-out backward passes of the layers ask for, and what
 * each operator of the others needs for its backward pass.
 *
 * <p>Letters: D width, I intermediate width, Q query width, KV key-value width.
 */
final class ActivationModel {

    /** Copies of the pixels in single precision while they are normalised and cut into patches. */
    private static final int PIXEL_COPIES = 4;

    private static final double WRITTEN_VISION_WIDTHS = 7;

    private final ModelConfig config;
    private final StreamShape stream;
    private final PlanSettings settings;

    ActivationModel(ModelConfig config, StreamShape stream, PlanSettings settings) {
        this.config = config;
        this.stream = stream;
        this.settings = settings;
    }

    private double patches() {
        return (double) stream.tiles() * Architecture.tokensPerTile(config);
    }

    /** Returns the size of a vision layer's input. */
    double visionInput() {
        return patches() * config.vision().hiddenSize();
    }

    /** Returns the size of a decoder layer's input. */
    double decoderInput() {
        return (double) stream.tokens() * config.language().hiddenSize();
    }

    /**
     * Returns what a vision layer keeps beside its input: queries, keys and values (3D), attention (D), both linear
     * outputs before their scales (2D), the middle of the residual (D), and the feed-forward's inner value (I).
     */
    double visionLayer() {
        VisionConfig vision = config.vision();
        return patches() * (WRITTEN_VISION_WIDTHS * vision.hiddenSize() + vision.intermediateSize());
    }

    /**
     * Returns what a decoder layer keeps beside its input: the middle of the residual (D), queries and attention output
     * (2Q), keys and values (2KV), and two inner values of the gated feed-forward (2I).
     */
    double decoderLayer() {
        return stream.tokens() * writtenPerRow() + keysAndValues();
    }

    private double writtenPerRow() {
        LanguageConfig language = config.language();
        double queries = (double) language.numHeads() * language.headDim();
        return language.hiddenSize() + 2 * queries + 2.0 * language.intermediateSize();
    }

    private double keysAndValues() {
        LanguageConfig language = config.language();
        return 2.0 * stream.tokens() * language.numKeyValueHeads() * language.headDim();
    }

    /** Returns the last decoder layer's, of which only the rows of labels are complete. */
    double lastDecoderLayer() {
        return stream.lastRows() * writtenPerRow() + keysAndValues();
    }

    /** Returns what the projector keeps: its input shuffled and normalised, and the inner value twice. */
    double projector() {
        double tokens = (double) stream.tiles() * config.imageTokensPerTile();
        return tokens
                * (2.0 * config.projectorInputSize() + 2.0 * config.language().hiddenSize());
    }

    /** Returns what is needed of the pixels: the bytes, and single-precision copies while they are prepared. */
    double pixelBytes() {
        double pixels = 3.0 * stream.tiles() * config.imageSize() * config.imageSize();
        return pixels * (1 + 4.0 * PIXEL_COPIES);
    }

    /**
     * Returns the largest set of gradients that exists at once inside a differentiated layer, or of values inside one
     * that is not: a written-out forward pass holds all of a layer's until its end.
     */
    double backwardOfLayer() {
        LanguageConfig language = config.language();
        VisionConfig vision = config.vision();
        double decoder = stream.tokens() * (6.0 * language.hiddenSize() + 4.0 * language.intermediateSize());
        if (!settings.isDifferentiated(Part.VISION)) {
            return Math.max(
                    decoder,
                    patches() * ((WRITTEN_VISION_WIDTHS + 1) * vision.hiddenSize() + 2.0 * vision.intermediateSize()));
        }
        double tower = settings.isDifferentiated(Part.VISION)
                ? patches() * (2.0 * vision.hiddenSize() + 2.0 * vision.intermediateSize())
                : 0;
        return Math.max(decoder, tower);
    }
}
