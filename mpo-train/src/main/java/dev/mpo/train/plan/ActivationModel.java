package dev.mpo.train.plan;

import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.NormType;
import dev.mpo.core.config.VisionConfig;
import dev.mpo.core.model.Part;

/**
 * Counts the numbers that are kept of each stage: in half precision what autograd keeps, from what each operator needs
 * for its backward pass; in single precision what the written-out backward passes of the layers ask for.
 *
 * <p>Letters: D width, I intermediate width, Q query width, KV key-value width, T tokens, K keys of all segments
 * together.
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
     * Returns what a vision layer keeps beside its input: the outputs of both norms (2D), queries, keys and values
     * (3D), attention (D), both linear outputs before their scales (2D), the middle of the residual (D), and two of the
     * feed-forward's inner values (2I). RMS norms also keep the normalised input. Written out, the norms' outputs are
     * computed again and the inner value is kept once: 7D + I.
     */
    double visionLayer() {
        VisionConfig vision = config.vision();
        if (!settings.narrow()) {
            return patches() * (WRITTEN_VISION_WIDTHS * vision.hiddenSize() + vision.intermediateSize());
        }
        double width = 9.0 * vision.hiddenSize();
        if (vision.normType() == NormType.RMS_NORM) {
            width += 2.0 * vision.hiddenSize();
        }
        if (vision.qkNormalization()) {
            width += 4.0 * vision.hiddenSize();
        }
        return patches() * (width + 2.0 * vision.intermediateSize());
    }

    /**
     * Returns what a decoder layer keeps beside its input: both norms normalised and scaled (4D), the middle of the
     * residual (D), queries and attention output (2Q, or 3Q if segments are joined), keys and values as attention reads
     * them (2QK/T with grouped heads, which are repeated), and four inner values of the gated feed-forward (4I).
     * Written out: the middle of the residual, queries and attention output, keys and values once, and two inner
     * values: D + 2Q + 2KV + 2I.
     */
    double decoderLayer() {
        LanguageConfig language = config.language();
        double queries = (double) language.numHeads() * language.headDim();
        if (!settings.narrow()) {
            return stream.tokens() * writtenPerRow() + keysAndValues();
        }
        boolean grouped = language.numKeyValueHeads() < language.numHeads();
        double keyValues = (grouped ? stream.keys() : Math.max(stream.tokens(), stream.keys())) * 2 * queries;
        double perToken = 5.0 * language.hiddenSize() + 3 * queries + 4.0 * language.intermediateSize();
        return stream.tokens() * perToken + keyValues;
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

    /** Returns the additive masks of the branches, which the attention kernel of single precision does without. */
    double masks() {
        return !settings.narrow()
                ? 0
                : stream.segments().stream()
                        .filter(segment -> segment.prefix() > 0)
                        .mapToDouble(segment -> (double) segment.tokens() * (segment.prefix() + segment.tokens()))
                        .max()
                        .orElse(0);
    }

    /** Returns the last decoder layer's, of which only the rows of labels are complete. */
    double lastDecoderLayer() {
        LanguageConfig language = config.language();
        double queries = (double) language.numHeads() * language.headDim();
        double rows = (double) stream.lastRows();
        if (!settings.narrow()) {
            return rows * writtenPerRow() + keysAndValues();
        }
        double perRow = 4.0 * language.hiddenSize() + 3 * queries + 4.0 * language.intermediateSize();
        return 2 * decoderInput() + rows * perRow + stream.keysLast() * 2 * queries;
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
        double widths = settings.narrow() ? 2 : 6;
        double inner = settings.narrow() ? 3 : 4;
        double decoder = stream.tokens() * (widths * language.hiddenSize() + inner * language.intermediateSize());
        if (!settings.narrow() && !settings.isDifferentiated(Part.VISION)) {
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
