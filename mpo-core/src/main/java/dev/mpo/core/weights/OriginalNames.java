package dev.mpo.core.weights;

import dev.mpo.core.config.DecoderNames;
import dev.mpo.core.config.Family;
import dev.mpo.core.model.ModelLayout;
import dev.mpo.core.model.ParameterSpec;
import dev.mpo.core.model.StageSpec;
import java.util.List;
import java.util.Map;

/** Names of the original layout: every parameter is one tensor of the same shape. */
final class OriginalNames implements LayoutNames {

    private static final Map<String, String> VISION_LAYER = Map.ofEntries(
            Map.entry("norm1", "norm1"),
            Map.entry("attention.qkv", "attn.qkv"),
            Map.entry("attention.q_norm", "attn.q_norm"),
            Map.entry("attention.k_norm", "attn.k_norm"),
            Map.entry("attention.proj", "attn.proj"),
            Map.entry("layer_scale1", "ls1"),
            Map.entry("norm2", "norm2"),
            Map.entry("mlp.fc1", "mlp.fc1"),
            Map.entry("mlp.fc2", "mlp.fc2"),
            Map.entry("layer_scale2", "ls2"));

    private static final Map<String, String> PROJECTOR = Map.of("norm", "0", "linear1", "1", "linear2", "3");

    private final DecoderNames language;

    OriginalNames(Family family) {
        this.language = family.originalNames();
    }

    @Override
    public List<TensorMapping> mappings(StageSpec stage, ParameterSpec parameter) {
        Map.Entry<String, String> place = TensorNames.prefixAndIndex(stage.name());
        NameParts parts = NameParts.of(parameter.name());
        String stored = switch (place.getKey()) {
            case ModelLayout.VISION_EMBEDDINGS -> "vision_model.embeddings." + parameter.name();
            case ModelLayout.VISION_LAYERS ->
                "vision_model.encoder.layers." + place.getValue() + "." + parts.in(VISION_LAYER);
            case ModelLayout.PROJECTOR -> "mlp1." + parts.in(PROJECTOR);
            case ModelLayout.LANGUAGE_EMBEDDINGS -> language.embeddings() + ".weight";
            case ModelLayout.LANGUAGE_LAYERS -> language.layers() + place.getValue() + "." + parts.in(language.layer());
            case ModelLayout.LANGUAGE_HEAD ->
                (parts.module().equals("norm") ? language.norm() : language.head()) + ".weight";
            default -> throw new IllegalArgumentException("unknown stage " + stage.name());
        };
        return List.of(TensorNames.whole(stored, stage, parameter));
    }
}
