package dev.mpo.bench;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.NormType;
import dev.mpo.core.config.VisionConfig;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.PackedBatch;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.tools.bench.PairShape;
import dev.mpo.tools.bench.RandomWeights;
import dev.mpo.tools.bench.SyntheticPairs;
import dev.mpo.train.step.BatchPacker;
import dev.mpo.train.step.BranchedPacker;
import dev.mpo.train.step.PlainPacker;
import java.util.List;

/** Models in which one part has the size of the micro preset and the others next to none. */
final class OneLayerModels {

    private static final long SEED = 1;
    private static final int TILE_SIDE = 448;

    /** The sizes of a language model that differ between benchmarks; heads have 64 channels, as in the micro preset. */
    record LanguageSize(int vocabulary, int width, int intermediate, int heads, int keyValueHeads, int headDim) {
        static final LanguageSize MICRO_LAYER = new LanguageSize(64, 384, 1024, 6, 2, 64);
        static final LanguageSize MICRO_HEAD = new LanguageSize(8192, 384, 16, 1, 1, 16);
        static final LanguageSize SMALLEST = new LanguageSize(64, 16, 16, 1, 1, 16);
    }

    private OneLayerModels() {}

    /** Returns a micro vision layer in front of the smallest language model. */
    static ModelConfig vision() {
        return config(visionConfig(256, 1024, 4), LanguageSize.SMALLEST);
    }

    /** Returns one decoder layer. */
    static ModelConfig language(LanguageSize size) {
        return config(visionConfig(16, 16, 1), size);
    }

    private static VisionConfig visionConfig(int width, int intermediate, int heads) {
        return new VisionConfig(
                width, intermediate, 1, heads, TILE_SIDE, 14, 3, NormType.LAYER_NORM, true, false, 1e-6, 0);
    }

    private static ModelConfig config(VisionConfig vision, LanguageSize size) {
        LanguageConfig language = new LanguageConfig(
                Family.QWEN2,
                size.vocabulary(),
                size.width(),
                size.intermediate(),
                1,
                size.heads(),
                size.keyValueHeads(),
                size.headDim(),
                1e-6,
                1e6,
                0,
                32768,
                false,
                true,
                -1);
        return new ModelConfig(vision, language, 0.5, 2, -1, "internvl2_5", TILE_SIDE, true, true, 1, 12);
    }

    /** Creates a model of random weights, all trained. */
    static VisionLanguageModel create(ModelConfig config) {
        VisionLanguageModel model = VisionLanguageModel.create(config, ModelOptions.trained());
        RandomWeights.draw(model.parameters(), SEED);
        return model;
    }

    /** Returns one synthetic pair as {@code plain} or {@code branched} stream. */
    static PackedBatch batch(ModelConfig config, String layout, PairShape shape) {
        return packer(layout)
                .pack(List.of(new SyntheticPairs(config, SEED).next(shape)))
                .batch();
    }

    /** Returns the packer of a layout. */
    static BatchPacker packer(String layout) {
        return layout.equals("branched")
                ? new BranchedPacker(SyntheticPairs.IMAGE_TOKEN, (chosen, rejected) -> false)
                : new PlainPacker(SyntheticPairs.IMAGE_TOKEN);
    }

    /** Returns the same stream with the last row alone scored and every row of the last layer computed. */
    static PackedBatch untrimmed(PackedBatch batch) {
        return new PackedBatch(
                batch.tiles(),
                batch.numTiles(),
                batch.tileSize(),
                batch.ids(),
                batch.positions(),
                batch.ropeLengths(),
                batch.imageRows(),
                batch.segments(),
                new int[] {batch.numTokens() - 1},
                new int[] {1},
                false);
    }
}
