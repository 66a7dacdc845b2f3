package dev.mpo.tools.plan;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.LoraSpec;
import dev.mpo.core.model.ModelLayout;
import dev.mpo.core.model.ParameterSpec;
import dev.mpo.core.model.Part;
import dev.mpo.core.model.StageSpec;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Numbers that follow from an architecture alone. */
final class Architecture {

    private Architecture() {}

    static int numVisionLayersUsed(ModelConfig config) {
        int layers = config.vision().numLayers();
        return config.selectLayer() < 0 ? layers + 1 + config.selectLayer() : config.selectLayer();
    }

    /** Returns the tokens of one tile inside the vision tower. */
    static long tokensPerTile(ModelConfig config) {
        long side = config.vision().patchesPerSide();
        return side * side + 1;
    }

    /** Returns the number of elements of a part's own parameters. */
    static long elements(ModelConfig config, Part part) {
        return stages(config, part).mapToLong(StageSpec::numElements).sum();
    }

    /** Returns the number of elements of the adapters of a part. */
    static long adapterElements(ModelConfig config, LoraSpec lora, Part part) {
        return stages(config, part)
                .flatMap(stage -> lora.adapters(stage).stream())
                .mapToLong(ParameterSpec::numElements)
                .sum();
    }

    /** Returns the number of elements of that many stages in succession, where they are largest. */
    static long largestStages(ModelConfig config, int count) {
        long[] sizes = ModelLayout.of(config).stream()
                .mapToLong(StageSpec::numElements)
                .toArray();
        long largest = 0;
        for (int i = 0; i < sizes.length; i++) {
            long sum = LongStream.of(sizes).skip(i).limit(count).sum();
            largest = Math.max(largest, sum);
        }
        return largest;
    }

    private static Stream<StageSpec> stages(ModelConfig config, Part part) {
        return ModelLayout.of(config).stream().filter(stage -> stage.part() == part);
    }
}
