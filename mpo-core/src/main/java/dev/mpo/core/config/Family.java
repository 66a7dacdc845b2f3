package dev.mpo.core.config;

/** The family of language models, which decides its parameters, its tokenizer and its special ids. */
public enum Family {
    /** Qwen2 and Qwen2.5: separate query, key and value projections with biases. */
    QWEN2,
    /** InternLM2 and InternLM2.5: one packed query-key-value projection without bias. */
    INTERNLM2
}
