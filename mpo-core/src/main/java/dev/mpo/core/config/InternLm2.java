package dev.mpo.core.config;

import java.util.Map;

/** InternLM2 and InternLM2.5. */
final class InternLm2 implements Family {

    /** What the configuration class assumes where config.json says nothing. */
    private static final int PADDING_TOKEN_ID = 2;

    private static final DecoderNames NAMES = new DecoderNames(
            "language_model.model.tok_embeddings",
            "language_model.model.norm",
            "language_model.output",
            "language_model.model.layers.",
            Map.of(
                    "input_norm", "attention_norm",
                    "attention.qkv", "attention.wqkv",
                    "attention.o", "attention.wo",
                    "post_norm", "ffn_norm",
                    "mlp.gate", "feed_forward.w1",
                    "mlp.up", "feed_forward.w3",
                    "mlp.down", "feed_forward.w2"));

    @Override
    public String name() {
        return "INTERNLM2";
    }

    @Override
    public String modelType() {
        return "internlm2";
    }

    @Override
    public boolean describes(ConfigSection section) {
        return LanguageConfigReader.isOf(section, modelType(), "InternLM2ForCausalLM")
                || (LanguageConfigReader.isNativeLlama(section) && !Families.INTERNLM3.describes(section));
    }

    @Override
    public LanguageConfig read(ConfigSection section) {
        LanguageConfigReader.refuseFlag(
                section,
                section.has("attention_bias") ? "attention_bias" : "bias",
                "No published InternLM2.5 model has biases");
        int padding = section.mentions("pad_token_id") ? section.intOr("pad_token_id", -1) : PADDING_TOKEN_ID;
        return LanguageConfigReader.read(section, this, false, padding);
    }

    @Override
    public DecoderForm layer() {
        return new DecoderForm(true, false);
    }

    @Override
    public DecoderNames originalNames() {
        return NAMES;
    }

    @Override
    public DecoderNames nativeNames() {
        return DecoderNames.NATIVE;
    }

    @Override
    public TokenRules tokens() {
        return TokenRules.INTERNLM;
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
