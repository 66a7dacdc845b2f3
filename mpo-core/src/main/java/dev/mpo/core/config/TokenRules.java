package dev.mpo.core.config;

import java.util.Map;

/**
 * What a family's original tokenizer assumes where its files say nothing.
 *
 * @param roles special tokens by role, such as {@code eos_token}
 * @param addsBos whether every text gets a begin-of-sequence token
 */
public record TokenRules(Map<String, String> roles, boolean addsBos) {

    /** Qwen's byte-level tokenizers. */
    public static final TokenRules QWEN = new TokenRules(
            Map.of("eos_token", "<|endoftext|>", "pad_token", "<|endoftext|>", "unk_token", "<|endoftext|>"), false);

    /** InternLM's SentencePiece tokenizers. */
    public static final TokenRules INTERNLM = new TokenRules(
            Map.of("bos_token", "<s>", "eos_token", "</s>", "pad_token", "</s>", "unk_token", "<unk>"), true);

    /** Copies the roles. */
    public TokenRules {
        roles = Map.copyOf(roles);
    }
}
