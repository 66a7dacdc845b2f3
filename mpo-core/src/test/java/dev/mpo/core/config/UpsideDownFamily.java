package dev.mpo.core.config;

import java.util.Map;

/** A family of the tests alone: Qwen3's layer with biases and packed projections, under names of its own. */
public final class UpsideDownFamily extends AddedFamily {

    private static final Map<String, String> LAYER = Map.of(
            "input_norm", "first",
            "attention.qkv", "mix.in",
            "attention.q_norm", "mix.nq",
            "attention.k_norm", "mix.nk",
            "attention.o", "mix.out",
            "post_norm", "second",
            "mlp.gate", "wide.a",
            "mlp.up", "wide.b",
            "mlp.down", "wide.c");

    @Override
    public String name() {
        return "UPSIDE_DOWN";
    }

    @Override
    public String modelType() {
        return "upside_down";
    }

    @Override
    public boolean describes(ConfigSection section) {
        return section.text("model_type").orElse("").equals(modelType());
    }

    @Override
    public LanguageConfig read(ConfigSection section) {
        return LanguageConfigReader.read(section, this, section.flagOr("biased", true), -1);
    }

    @Override
    public DecoderForm layer() {
        return new DecoderForm(true, true);
    }

    @Override
    public DecoderNames originalNames() {
        return new DecoderNames(
                "language_model.words", "language_model.last", "language_model.out", "language_model.l.", LAYER);
    }

    @Override
    public DecoderNames nativeNames() {
        return DecoderNames.NATIVE;
    }

    @Override
    public TokenRules tokens() {
        return new TokenRules(Map.of("eos_token", "<end>"), false);
    }

    @Override
    public String template() {
        return "upside_down";
    }
}
