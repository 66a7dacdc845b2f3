package dev.mpo.core.config;

/** Reads the keys of a language model's section that all families have; both layouts use the same. */
final class LanguageConfigReader {

    private LanguageConfigReader() {}

    static LanguageConfig read(ConfigSection section) {
        return Families.of(section).read(section);
    }

    static LanguageConfig read(ConfigSection section, Family family, boolean attentionBias, int paddingTokenId) {
        section.expectText("hidden_act", "silu");
        refuseFlag(section, "use_sliding_window", "Sliding-window attention is not supported");
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
                attentionBias,
                paddingTokenId);
        validate(section, language);
        return language;
    }

    /** Returns whether a section names a model type, or, where it names none, an architecture. */
    static boolean isOf(ConfigSection section, String modelType, String architecture) {
        String type = section.text("model_type").orElse("");
        String first = section.node().path("architectures").path(0).asText("");
        return type.equals(modelType) || (type.isEmpty() && first.equals(architecture));
    }

    /** Returns whether a section of the transformers-native layout names the Llama architecture. */
    static boolean isNativeLlama(ConfigSection section) {
        return section.text("model_type").orElse("").equals("llama")
                && section.prefix().equals("text_config");
    }

    static void refuseFlag(ConfigSection section, String key, String reason) {
        if (section.flagOr(key, false)) {
            throw section.wrong(key, "false", reason);
        }
    }

    static double ropeTheta(ConfigSection section) {
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
