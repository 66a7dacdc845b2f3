package dev.mpo.core.config;

/** InternLM3, which is Llama with its own configuration keys. */
final class InternLm3 implements Family {

    /** What the configuration class assumes where config.json says nothing. */
    private static final int PADDING_TOKEN_ID = 2;

    /**
     * The transformers-native layout calls InternLM2 and InternLM3 both {@code llama}. The bases of their rotary
     * embeddings are 1 million and 50 million.
     */
    private static final double LEAST_ROPE_THETA = 1e7;

    @Override
    public String name() {
        return "INTERNLM3";
    }

    @Override
    public String modelType() {
        return "internlm3";
    }

    @Override
    public boolean describes(ConfigSection section) {
        return LanguageConfigReader.isOf(section, modelType(), "InternLM3ForCausalLM")
                || (LanguageConfigReader.isNativeLlama(section)
                        && LanguageConfigReader.ropeTheta(section) >= LEAST_ROPE_THETA);
    }

    @Override
    public LanguageConfig read(ConfigSection section) {
        for (String key : new String[] {"qkv_bias", "bias", "attention_bias", "mlp_bias"}) {
            LanguageConfigReader.refuseFlag(section, key, "No published InternLM3 model has biases");
        }
        return LanguageConfigReader.read(section, this, false, section.intOr("pad_token_id", PADDING_TOKEN_ID));
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
