package dev.mpo.tools.plan;

import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.VisionConfig;
import dev.mpo.core.model.Part;
import dev.mpo.core.model.Recompute;
import dev.mpo.train.config.ReferenceSettings;

/**
 * Counts the matrix products of a pair, which is nearly all arithmetic there is.
 *
 * <p>A linear map of {@code p} parameters takes 2p operations per token. Attention takes 4 operations per channel and
 * pair of a query and a key that it sees. A backward pass takes twice its forward pass, once for the gradients of the
 * inputs and once for those of the weights; the latter are not computed for frozen weights, and nothing at all below
 * the lowest trained part. Norms, activations and the optimizer are left out.
 */
public final class FlopModel {

    private final ModelConfig config;

    /** Creates the model of an architecture. */
    public FlopModel(ModelConfig config) {
        this.config = config;
    }

    /** Returns the operations of one pair. */
    public PairFlops of(PairShape pair, PlanSettings settings) {
        StreamShape stream = StreamShape.of(config, pair, settings.branched());
        Parts forward = forward(stream);
        Parts adapters = adapters(stream, settings);
        return new PairFlops(
                forward.vision() + forward.projector() + adapters.vision,
                forward.prefix + adapters.prefix,
                forward.branches + adapters.branches,
                forward.head,
                backward(forward, adapters, settings),
                settings.recompute() == Recompute.FULL ? recompute(forward, adapters, settings) : 0,
                reference(forward, settings));
    }

    /** Images that are frozen are encoded once, for the reference too. */
    private static double reference(Parts forward, PlanSettings settings) {
        if (settings.reference() == ReferenceSettings.Mode.CACHED) {
            return 0;
        }
        boolean shared = !settings.isDifferentiated(Part.PROJECTOR);
        return shared ? forward.decoder() + forward.head() : forward.total();
    }

    /** Operations of a forward pass by part. */
    private record Parts(double vision, double projector, double prefix, double branches, double head) {

        double decoder() {
            return prefix + branches;
        }

        double total() {
            return vision + projector + decoder() + head;
        }
    }

    private Parts forward(StreamShape stream) {
        double prefix = 0;
        double branches = 0;
        for (StreamShape.Segment segment : stream.segments()) {
            double flops = decoder(segment);
            if (segment.prefix() > 0) {
                branches += flops;
            } else {
                prefix += flops;
            }
        }
        LanguageConfig language = config.language();
        double head = 2.0 * stream.scored() * language.hiddenSize() * language.vocabSize();
        return new Parts(stream.tiles() * visionOfTile(), stream.tiles() * projectorOfTile(), prefix, branches, head);
    }

    private double visionOfTile() {
        VisionConfig vision = config.vision();
        double patches = (double) vision.patchesPerSide() * vision.patchesPerSide();
        double tokens = patches + 1;
        double width = vision.hiddenSize();
        double embedding = 2 * patches * width * vision.numChannels() * vision.patchSize() * vision.patchSize();
        double linear = 2 * tokens * (4 * width * width + 2 * width * vision.intermediateSize());
        double attention = 4 * tokens * tokens * width;
        return embedding + Architecture.numVisionLayersUsed(config) * (linear + attention);
    }

    private double projectorOfTile() {
        double in = config.projectorInputSize();
        double out = config.language().hiddenSize();
        return 2.0 * config.imageTokensPerTile() * (in * out + out * out);
    }

    private double decoder(StreamShape.Segment segment) {
        LanguageConfig language = config.language();
        double queryWidth = (double) language.numHeads() * language.headDim();
        double keyWidth = (double) language.numKeyValueHeads() * language.headDim();
        double width = language.hiddenSize();
        double keyValue = 2 * width * 2 * keyWidth;
        double rest = 2 * (2 * width * queryWidth + 3 * width * language.intermediateSize());
        double full = segment.tokens() * (keyValue + rest) + 4 * queryWidth * segment.visible();
        double last = segment.tokens() * keyValue + segment.lastRows() * rest + 4 * queryWidth * segment.visibleLast();
        return (language.numLayers() - 1) * full + last;
    }

    /** Operations that adapters add to a forward pass: two thin products beside each linear map of a layer. */
    private Parts adapters(StreamShape stream, PlanSettings settings) {
        double vision = 2.0
                * Architecture.adapterElements(config, settings.lora(), Part.VISION)
                * stream.tiles()
                * Architecture.tokensPerTile(config);
        double perToken = 2.0 * Architecture.adapterElements(config, settings.lora(), Part.LANGUAGE);
        double prefix = 0;
        double branches = 0;
        for (StreamShape.Segment segment : stream.segments()) {
            prefix += segment.prefix() > 0 ? 0 : perToken * segment.tokens();
            branches += segment.prefix() > 0 ? perToken * segment.tokens() : 0;
        }
        return new Parts(vision, 0, prefix, branches, 0);
    }

    private static double backward(Parts forward, Parts adapters, PlanSettings settings) {
        double sum = 2 * (adapters.vision + adapters.decoder());
        sum += share(Part.VISION, settings) * forward.vision;
        sum += share(Part.PROJECTOR, settings) * forward.projector;
        double decoder = share(Part.LANGUAGE, settings);
        return sum + decoder * (forward.decoder() + forward.head);
    }

    /** A backward pass in units of the forward pass. */
    private static int share(Part part, PlanSettings settings) {
        if (!settings.isDifferentiated(part)) {
            return 0;
        }
        return settings.trains(part) ? 2 : 1;
    }

    private static double recompute(Parts forward, Parts adapters, PlanSettings settings) {
        double sum = forward.decoder() + adapters.decoder();
        if (settings.branched()) {
            sum += forward.head; // the plain path keeps its logits
        }
        if (settings.isDifferentiated(Part.PROJECTOR)) {
            sum += forward.projector;
        }
        if (settings.isDifferentiated(Part.VISION)) {
            sum += forward.vision + adapters.vision;
        }
        return sum;
    }
}
