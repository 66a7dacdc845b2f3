package dev.mpo.core.config;

import java.util.List;

/**
 * A family of language models: everything that distinguishes one decoder from another, in one place. Adding a family
 * means adding one of these; the engine, the weights, the tokenizers and the plan ask it and switch on nothing else.
 *
 * <p>The published families are {@linkplain #builtIn built in}. Others extend {@link AddedFamily} and are found as
 * services.
 */
public sealed interface Family permits Qwen2, InternLm2, Qwen3, InternLm3, AddedFamily {

    /** Qwen2 and Qwen2.5: separate query, key and value projections with biases. */
    Family QWEN2 = Families.QWEN2;

    /** InternLM2 and InternLM2.5: one packed query-key-value projection without bias. */
    Family INTERNLM2 = Families.INTERNLM2;

    /** Qwen3, dense: norms of queries and keys per head, no biases. */
    Family QWEN3 = Families.QWEN3;

    /** InternLM3: separate projections without biases. */
    Family INTERNLM3 = Families.INTERNLM3;

    /** Returns the families that this program brings. */
    static List<Family> builtIn() {
        return Families.BUILT_IN;
    }

    /**
     * Returns the family of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Family named(String name) {
        return Families.named(name);
    }

    /** Returns the name, in capitals. */
    String name();

    /** Returns the {@code model_type} of the language model's section in the original layout. */
    String modelType();

    /** Returns whether a language model's section describes this family. */
    boolean describes(ConfigSection section);

    /** Reads the language model's section. */
    LanguageConfig read(ConfigSection section);

    /** Returns what a decoder layer consists of. */
    DecoderForm layer();

    /** Returns the names of tensors in the original layout. */
    DecoderNames originalNames();

    /** Returns the names of tensors in the transformers-native layout, relative to the language model. */
    DecoderNames nativeNames();

    /** Returns what the family's tokenizer assumes where no file says anything. */
    TokenRules tokens();

    /** Returns the chat template where no file names one. */
    String template();
}
