package dev.mpo.core.config;

/** Reads the language model's section; both layouts use the same keys, but name InternLM2 differently. */
final class LanguageConfigReader {

    /** What the InternLM2 configuration class assumes where config.json says nothing. */
    private static final int INTERNLM2_PADDING_TOKEN_ID = 2;

    private LanguageConfigReader() {}

    static LanguageConfig read(ConfigSection section) {
        Family family = family(section);
        section.expectText("hidden_act", "silu");
        refuseUnsupported(section, family);
        int hiddenSize = section.positiveInt("hidden_size");
        int numHeads = section.positiveInt("num_attention_heads");
        int numKeyValueHeads = section.positiveIntOr("num_key_value_heads", numHeads);
        LanguageConfig language = new LanguageConfig(
                family,
                section.positiveInt("vocab_size"),
                hiddenSize,
                section.positiveInt("intermediate_size"),
                section.positiveInt("num_hidden_layers"),
                numHeads,
                numKeyValueHeads,
                section.positiveIntOr("head_dim", Math.max(1, hiddenSize / numHeads)),
                section.epsilon("rms_norm_eps"),
                ropeTheta(section),
                dynamicNtkFactor(section),
                section.positiveInt("max_position_embeddings"),
                section.flagOr("tie_word_embeddings", false),
                family == Family.QWEN2,
                paddingTokenId(section, family));
        validate(section, language);
        return language;
    }

    private static Family family(ConfigSection section) {
        String architecture = section.node().path("architectures").path(0).asText("");
        String modelType = section.text("model_type").orElse("");
        if (modelType.equals("qwen2") || (modelType.isEmpty() && architecture.equals("Qwen2ForCausalLM"))) {
            return Family.QWEN2;
        }
        // The transformers-native layout stores InternLM2 unpacked, under the name of the Llama architecture.
        boolean llamaText = modelType.equals("llama") && section.prefix().equals("text_config");
        if (modelType.equals("internlm2")
                || llamaText
                || (modelType.isEmpty() && architecture.equals("InternLM2ForCausalLM"))) {
            return Family.INTERNLM2;
        }
        throw section.wrong(
                section.has("model_type") || architecture.isEmpty() ? "model_type" : "architectures",
                "qwen2 or internlm2 (llama for InternLM2 in the transformers-native layout)",
                "Use an InternVL2.5 model: 1B, 2B, 4B, 8B, 26B, 38B or 78B");
    }

    private static void refuseUnsupported(ConfigSection section, Family family) {
        if (section.flagOr("use_sliding_window", false)) {
            throw section.wrong("use_sliding_window", "false", "Sliding-window attention is not supported");
        }
        String biasKey = section.has("attention_bias") ? "attention_bias" : "bias";
        if (family == Family.INTERNLM2 && section.flagOr(biasKey, false)) {
            throw section.wrong(biasKey, "false", "No published InternLM2.5 model has biases; they are not supported");
        }
    }

    private static double ropeTheta(ConfigSection section) {
        if (section.has("rope_theta")) {
            return section.positiveDouble("rope_theta");
        }
        return section.section("rope_parameters")
                .orElseThrow(() -> section.wrong("rope_theta", "a number above 0"))
                .positiveDouble("rope_theta");
    }

    private static double dynamicNtkFactor(ConfigSection section) {
        String key = section.has("rope_scaling") ? "rope_scaling" : "rope_parameters";
        if (!section.has(key)) {
            return 0.0;
        }
        ConfigSection scaling = section.requiredSection(key);
        String typeKey = scaling.has("rope_type") ? "rope_type" : "type";
        String type = scaling.text(typeKey).orElse("default");
        return switch (type) {
            case "default" -> 0.0;
            case "dynamic" -> scaling.positiveDouble("factor");
            default -> throw scaling.wrong(typeKey, "dynamic or default", "Other kinds of scaling are not supported");
        };
    }

    private static int paddingTokenId(ConfigSection section, Family family) {
        if (family == Family.INTERNLM2 && !section.mentions("pad_token_id")) {
            return INTERNLM2_PADDING_TOKEN_ID;
        }
        return section.intOr("pad_token_id", -1);
    }

    private static void validate(ConfigSection section, LanguageConfig language) {
        if (!section.has("head_dim") && language.hiddenSize() % language.numHeads() != 0) {
            throw section.wrong("num_attention_heads", "a divisor of hidden_size " + language.hiddenSize());
        }
        if (language.numHeads() % language.numKeyValueHeads() != 0) {
            throw section.wrong("num_key_value_heads", "a divisor of num_attention_heads " + language.numHeads());
        }
        if (language.headDim() % 2 != 0) {
            throw section.wrong("hidden_size", "an even width per head, for the rotary position embedding");
        }
        if (language.paddingTokenId() >= language.vocabSize()) {
            throw section.wrong("pad_token_id", "an id below vocab_size " + language.vocabSize());
        }
    }
}
