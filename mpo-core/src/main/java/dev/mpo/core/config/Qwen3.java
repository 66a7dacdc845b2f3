package dev.mpo.core.config;

/** Qwen3 with a dense feed-forward block. */
final class Qwen3 implements Family {

    @Override
    public String name() {
        return "QWEN3";
    }

    @Override
    public String modelType() {
        return "qwen3";
    }

    @Override
    public boolean describes(ConfigSection section) {
        return LanguageConfigReader.isOf(section, modelType(), "Qwen3ForCausalLM");
    }

    @Override
    public LanguageConfig read(ConfigSection section) {
        LanguageConfigReader.refuseFlag(section, "attention_bias", "No published Qwen3 model has biases");
        return LanguageConfigReader.read(section, this, false, section.intOr("pad_token_id", -1));
    }

    @Override
    public DecoderForm layer() {
        return new DecoderForm(false, true);
    }

    @Override
    public DecoderNames originalNames() {
        return DecoderNames.ORIGINAL;
    }

    @Override
    public DecoderNames nativeNames() {
        return DecoderNames.NATIVE;
    }

    @Override
    public TokenRules tokens() {
        return TokenRules.QWEN;
    }

    @Override
    public String template() {
        return "internvl2_5";
    }

    @Override
    public String toString() {
        return name();
    }
}
