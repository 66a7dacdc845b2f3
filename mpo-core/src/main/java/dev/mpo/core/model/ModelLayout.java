package dev.mpo.core.model;

import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.NormType;
import dev.mpo.core.config.VisionConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * The parameter list of a model, derived from its configuration alone: names, shapes and kinds, nothing allocated.
 *
 * <p>Stages in order of computation: {@code vision.embeddings}, {@code vision.layers.N}, {@code projector},
 * {@code language.embeddings}, {@code language.layers.N}, {@code language.head}. A tied output head has no
 * {@code head.weight}.
 */
public final class ModelLayout {

    /** Stage of the patch, class and position embeddings. */
    public static final String VISION_EMBEDDINGS = "vision.embeddings";
    /** Prefix of the vision layers' stages; the layer's index follows. */
    public static final String VISION_LAYERS = "vision.layers.";
    /** Stage between the vision tower and the language model. */
    public static final String PROJECTOR = "projector";
    /** Stage of the token embedding. */
    public static final String LANGUAGE_EMBEDDINGS = "language.embeddings";
    /** Prefix of the decoder layers' stages; the layer's index follows. */
    public static final String LANGUAGE_LAYERS = "language.layers.";
    /** Stage of the final norm and the output head. */
    public static final String LANGUAGE_HEAD = "language.head";

    private ModelLayout() {}

    /** Returns the stages of a model in order of computation. */
    public static List<StageSpec> of(ModelConfig config) {
        List<StageSpec> stages = new ArrayList<>();
        stages.add(visionEmbeddings(config.vision()));
        for (int i = 0; i < config.vision().numLayers(); i++) {
            stages.add(visionLayer(config.vision(), i));
        }
        stages.add(projector(config));
        LanguageConfig language = config.language();
        stages.add(new StageBuilder(LANGUAGE_EMBEDDINGS, Part.LANGUAGE)
                .add("weight", Kind.EMBEDDING, language.vocabSize(), language.hiddenSize())
                .build());
        for (int i = 0; i < language.numLayers(); i++) {
            stages.add(languageLayer(language, i));
        }
        stages.add(languageHead(language));
        return List.copyOf(stages);
    }

    /** Returns the number of elements of all parameters of a model. */
    public static long numElements(ModelConfig config) {
        return of(config).stream().mapToLong(StageSpec::numElements).sum();
    }

    private static StageSpec visionEmbeddings(VisionConfig vision) {
        long width = vision.hiddenSize();
        long positions = (long) vision.patchesPerSide() * vision.patchesPerSide() + 1;
        return new StageBuilder(VISION_EMBEDDINGS, Part.VISION)
                .add("class_embedding", Kind.EMBEDDING, 1, 1, width)
                .add(
                        "patch_embedding.weight",
                        Kind.CONV,
                        width,
                        vision.numChannels(),
                        vision.patchSize(),
                        vision.patchSize())
                .add("patch_embedding.bias", Kind.BIAS, width)
                .add("position_embedding", Kind.EMBEDDING, 1, positions, width)
                .build();
    }

    private static StageSpec visionLayer(VisionConfig vision, int index) {
        long width = vision.hiddenSize();
        StageBuilder stage = new StageBuilder(VISION_LAYERS + index, Part.VISION);
        norm(stage, "norm1", vision);
        stage.linear("attention.qkv", 3 * width, width, vision.qkvBias());
        if (vision.qkNormalization()) {
            stage.rmsNorm("attention.q_norm", width).rmsNorm("attention.k_norm", width);
        }
        stage.linear("attention.proj", width, width, true).add("layer_scale1", Kind.LAYER_SCALE, width);
        norm(stage, "norm2", vision);
        return stage.linear("mlp.fc1", vision.intermediateSize(), width, true)
                .linear("mlp.fc2", width, vision.intermediateSize(), true)
                .add("layer_scale2", Kind.LAYER_SCALE, width)
                .build();
    }

    private static void norm(StageBuilder stage, String prefix, VisionConfig vision) {
        if (vision.normType() == NormType.LAYER_NORM) {
            stage.layerNorm(prefix, vision.hiddenSize());
        } else {
            stage.rmsNorm(prefix, vision.hiddenSize());
        }
    }

    private static StageSpec projector(ModelConfig config) {
        long in = config.projectorInputSize();
        long out = config.language().hiddenSize();
        return new StageBuilder(PROJECTOR, Part.PROJECTOR)
                .layerNorm("norm", in)
                .linear("linear1", out, in, true)
                .linear("linear2", out, out, true)
                .build();
    }

    private static StageSpec languageLayer(LanguageConfig language, int index) {
        long width = language.hiddenSize();
        long queries = (long) language.numHeads() * language.headDim();
        long keys = (long) language.numKeyValueHeads() * language.headDim();
        StageBuilder stage = new StageBuilder(LANGUAGE_LAYERS + index, Part.LANGUAGE).rmsNorm("input_norm", width);
        if (language.family().layer().packedProjections()) {
            stage.linear("attention.qkv", queries + 2 * keys, width, language.attentionBias());
        } else {
            stage.linear("attention.q", queries, width, language.attentionBias())
                    .linear("attention.k", keys, width, language.attentionBias())
                    .linear("attention.v", keys, width, language.attentionBias());
        }
        if (language.family().layer().headNorms()) {
            stage.rmsNorm("attention.q_norm", language.headDim()).rmsNorm("attention.k_norm", language.headDim());
        }
        return stage.linear("attention.o", width, queries, false)
                .rmsNorm("post_norm", width)
                .linear("mlp.gate", language.intermediateSize(), width, false)
                .linear("mlp.up", language.intermediateSize(), width, false)
                .linear("mlp.down", width, language.intermediateSize(), false)
                .build();
    }

    private static StageSpec languageHead(LanguageConfig language) {
        StageBuilder stage = new StageBuilder(LANGUAGE_HEAD, Part.LANGUAGE).rmsNorm("norm", language.hiddenSize());
        if (!language.tieWordEmbeddings()) {
            stage.linear("head", language.vocabSize(), language.hiddenSize(), false);
        }
        return stage.build();
    }
}
