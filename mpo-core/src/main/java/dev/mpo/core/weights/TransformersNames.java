package dev.mpo.core.weights;

import dev.mpo.core.config.DecoderNames;
import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.ModelLayout;
import dev.mpo.core.model.ParameterSpec;
import dev.mpo.core.model.StageSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Names of the transformers-native layout. Packed query-key-value projections are stored as three tensors: thirds of
 * the rows in the vision tower; in InternLM2, per group of one key head, the rows of its query heads, of the key head
 * and of the value head follow each other.
 */
final class TransformersNames implements LayoutNames {

    private static final String VISION = "model.vision_tower.";
    private static final String PACKED = "attention.qkv";

    private static final Map<String, String> VISION_EMBEDDINGS = Map.of(
            "class_embedding", "cls_token",
            "patch_embedding", "patch_embeddings.projection",
            "position_embedding", "position_embeddings");

    private static final Map<String, String> VISION_LAYER = Map.ofEntries(
            Map.entry("norm1", "layernorm_before"),
            Map.entry("attention.q_norm", "attention.q_norm"),
            Map.entry("attention.k_norm", "attention.k_norm"),
            Map.entry("attention.proj", "attention.projection_layer"),
            Map.entry("layer_scale1", "lambda_1"),
            Map.entry("norm2", "layernorm_after"),
            Map.entry("mlp.fc1", "mlp.fc1"),
            Map.entry("mlp.fc2", "mlp.fc2"),
            Map.entry("layer_scale2", "lambda_2"));

    private static final Map<String, String> PROJECTOR =
            Map.of("norm", "layer_norm", "linear1", "linear_1", "linear2", "linear_2");

    private final PackedHeads heads;
    private final DecoderNames names;

    TransformersNames(ModelConfig config) {
        LanguageConfig language = config.language();
        this.heads = new PackedHeads(language.numHeads(), language.numKeyValueHeads(), language.headDim());
        this.names = language.family().nativeNames();
    }

    @Override
    public List<TensorMapping> mappings(StageSpec stage, ParameterSpec parameter) {
        Map.Entry<String, String> place = TensorNames.prefixAndIndex(stage.name());
        NameParts parts = NameParts.of(parameter.name());
        String index = place.getValue();
        String stored = switch (place.getKey()) {
            case ModelLayout.VISION_EMBEDDINGS -> VISION + "embeddings." + parts.in(VISION_EMBEDDINGS);
            case ModelLayout.VISION_LAYERS -> VISION + "encoder.layer." + index + ".";
            case ModelLayout.PROJECTOR -> "model.multi_modal_projector." + parts.in(PROJECTOR);
            case ModelLayout.LANGUAGE_EMBEDDINGS -> names.embeddings() + ".weight";
            case ModelLayout.LANGUAGE_LAYERS -> names.layers() + index + ".";
            case ModelLayout.LANGUAGE_HEAD -> (parts.module().equals("norm") ? names.norm() : names.head()) + ".weight";
            default -> throw new IllegalArgumentException("unknown stage " + stage.name());
        };
        if (index.isEmpty()) {
            return List.of(TensorNames.whole(stored, stage, parameter));
        }
        boolean vision = place.getKey().equals(ModelLayout.VISION_LAYERS);
        if (parts.module().equals(PACKED)) {
            return unpacked(
                    stored + (vision ? "attention." : names.layer().get(PACKED)), vision, parts, stage, parameter);
        }
        return List.of(TensorNames.whole(stored + parts.in(vision ? VISION_LAYER : names.layer()), stage, parameter));
    }

    private List<TensorMapping> unpacked(
            String prefix, boolean vision, NameParts parts, StageSpec stage, ParameterSpec parameter) {
        long third = parameter.shape().get(0) / 3;
        List<TensorMapping> mappings = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            List<RowRange> rows = vision ? List.of(new RowRange(i * third, third)) : heads.rows(i);
            String stored = prefix + "qkv".charAt(i) + "_proj" + parts.suffix();
            mappings.add(TensorNames.rows(stored, stage, parameter, rows));
        }
        return mappings;
    }
}
