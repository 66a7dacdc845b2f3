/**
 * Generation: answers to prompts, sampled token by token with kept keys and values.
 *
 * <p>{@link dev.mpo.core.generate.TextGenerator} is the loop; {@link dev.mpo.core.generate.GenerationOptions} says how
 * tokens are chosen and when to stop. Texts are made from the bytes of tokens, which the caller provides
 * ({@link dev.mpo.core.generate.TokenBytes}), so that this package knows no tokenizer.
 */
@NullMarked
package dev.mpo.core.generate;

import org.jspecify.annotations.NullMarked;
