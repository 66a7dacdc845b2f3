package dev.mpo.core.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The order in which a stage's operator expects its parameters, absent ones included.
 *
 * @param names parameter names within the stage; LoRA factors are {@code <linear>.lora_a} and {@code <linear>.lora_b}
 */
record SlotPlan(List<String> names) {

    static final SlotPlan VISION_EMBEDDINGS = new Builder()
            .plain("class_embedding", "patch_embedding.weight", "patch_embedding.bias", "position_embedding")
            .build();

    static final SlotPlan VISION_LAYER = new Builder()
            .plain("norm1.weight", "norm1.bias")
            .linear("attention.qkv")
            .plain("attention.q_norm.weight", "attention.k_norm.weight")
            .linear("attention.proj")
            .plain("layer_scale1", "norm2.weight", "norm2.bias")
            .linear("mlp.fc1")
            .linear("mlp.fc2")
            .plain("layer_scale2")
            .build();

    static final SlotPlan PROJECTOR = new Builder()
            .plain("norm.weight", "norm.bias", "linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias")
            .build();

    static final SlotPlan TOKEN_EMBEDDINGS = new Builder().plain("weight").build();

    static final SlotPlan DECODER_LAYER = decoder("attention.q");

    static final SlotPlan PACKED_DECODER_LAYER = decoder("attention.qkv");

    static final SlotPlan HEAD =
            new Builder().plain("norm.weight", "head.weight").build();

    static final List<String> QUERY_KEY_VALUE =
            List.of("attention.q.weight", "attention.k.weight", "attention.v.weight");

    static final List<String> GATE_UP = List.of("mlp.gate.weight", "mlp.up.weight");

    /**
     * Parameters of a decoder layer that are one matrix, or one vector, to a linear map of their common input where
     * they lie next to each other in memory.
     */
    static final List<List<String>> NEIGHBOURS =
            List.of(QUERY_KEY_VALUE, List.of("attention.q.bias", "attention.k.bias", "attention.v.bias"), GATE_UP);

    /** Places of {@link #NEIGHBOURS}, and of a linear map's parameters after its weight. */
    private static final Map<String, Integer> OTHERS =
            Map.of("JOINED_QKV", 0, "JOINED_QKV_BIAS", 1, "JOINED_GATE_UP", 2, "BIAS", 1, "LORA_A", 2, "LORA_B", 3);

    /**
     * Returns the slots by the names that operators know them by: the parameter's, without {@code .weight}, in
     * capitals, such as {@code ATTENTION_O}, with the part in front where it is not the decoder.
     */
    static Map<String, Integer> constants() {
        Map<String, Integer> slots = new HashMap<>(OTHERS);
        VISION_EMBEDDINGS.declare("", slots);
        VISION_LAYER.declare("VISION_", slots);
        PROJECTOR.declare("PROJECTOR_", slots);
        DECODER_LAYER.declare("", slots);
        PACKED_DECODER_LAYER.declare("", slots);
        return slots;
    }

    /** Returns the slot of a parameter. */
    int slot(String name) {
        int slot = names.indexOf(name);
        if (slot < 0) {
            throw new IllegalArgumentException("no slot for " + name);
        }
        return slot;
    }

    private void declare(String prefix, Map<String, Integer> slots) {
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i).replaceFirst("\\.weight$", "");
            String constant = prefix + name.replace('.', '_').toUpperCase(Locale.ROOT);
            Integer other = slots.putIfAbsent(constant, i);
            if (other != null && other != i) {
                throw new IllegalStateException(constant + " means two slots");
            }
        }
    }

    private static SlotPlan decoder(String first) {
        return new Builder()
                .plain("input_norm.weight")
                .linear(first)
                .linear("attention.k")
                .linear("attention.v")
                .linear("attention.o")
                .plain("post_norm.weight")
                .linear("mlp.gate")
                .linear("mlp.up")
                .linear("mlp.down")
                .plain("attention.q_norm.weight", "attention.k_norm.weight")
                .build();
    }

    private static final class Builder {
        private final List<String> names = new ArrayList<>();

        Builder plain(String... more) {
            names.addAll(List.of(more));
            return this;
        }

        Builder linear(String prefix) {
            return plain(prefix + ".weight", prefix + ".bias", prefix + ".lora_a", prefix + ".lora_b");
        }

        SlotPlan build() {
            return new SlotPlan(List.copyOf(names));
        }
    }
}
