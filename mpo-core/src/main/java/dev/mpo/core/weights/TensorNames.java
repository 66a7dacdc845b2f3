package dev.mpo.core.weights;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.ModelLayout;
import dev.mpo.core.model.ParameterSpec;
import dev.mpo.core.model.StageSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The adapters between internal parameter names and the names of either checkpoint layout. A layer's names are looked
 * up by their part within the layer; only the layer's index is carried over.
 */
public final class TensorNames {

    private TensorNames() {}

    /** Returns the tensors that a checkpoint of a model holds in a layout, in order of computation. */
    public static List<TensorMapping> mappings(ModelConfig config, Layout layout) {
        LayoutNames names = switch (layout) {
            case ORIGINAL -> new OriginalNames(config.language().family());
            case TRANSFORMERS -> new TransformersNames(config);
        };
        List<TensorMapping> mappings = new ArrayList<>();
        for (StageSpec stage : ModelLayout.of(config)) {
            for (ParameterSpec parameter : stage.parameters()) {
                mappings.addAll(names.mappings(stage, parameter));
            }
        }
        return List.copyOf(mappings);
    }

    /** Splits {@code vision.layers.3} into its prefix {@code vision.layers.} and its index; the index may be empty. */
    static Map.Entry<String, String> prefixAndIndex(String stage) {
        for (String prefix : List.of(ModelLayout.VISION_LAYERS, ModelLayout.LANGUAGE_LAYERS)) {
            if (stage.startsWith(prefix)) {
                return Map.entry(prefix, stage.substring(prefix.length()));
            }
        }
        return Map.entry(stage, "");
    }

    /** Maps a parameter as a whole to one stored tensor. */
    static TensorMapping whole(String storedName, StageSpec stage, ParameterSpec parameter) {
        return rows(
                storedName,
                stage,
                parameter,
                List.of(new RowRange(0, parameter.shape().get(0))));
    }

    /** Maps some rows of a parameter to one stored tensor. */
    static TensorMapping rows(String storedName, StageSpec stage, ParameterSpec parameter, List<RowRange> rows) {
        List<Long> shape = new ArrayList<>(parameter.shape());
        long rowElements = parameter.numElements() / shape.get(0);
        shape.set(0, rows.stream().mapToLong(RowRange::count).sum());
        return new TensorMapping(storedName, shape, stage.fullName(parameter), rows, rowElements);
    }
}
