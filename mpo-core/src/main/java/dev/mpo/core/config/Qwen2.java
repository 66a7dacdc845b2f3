package dev.mpo.core.config;

/** Qwen2 and Qwen2.5. */
final class Qwen2 implements Family {

    @Override
    public String name() {
        return "QWEN2";
    }

    @Override
    public String modelType() {
        return "qwen2";
    }

    @Override
    public boolean describes(ConfigSection section) {
        return LanguageConfigReader.isOf(section, modelType(), "Qwen2ForCausalLM");
    }

    @Override
    public LanguageConfig read(ConfigSection section) {
        return LanguageConfigReader.read(section, this, true, section.intOr("pad_token_id", -1));
    }

    @Override
    public DecoderForm layer() {
        return new DecoderForm(false, false);
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
