/**
 * Generation from conversations: texts and images in, texts out.
 *
 * <p>{@link dev.mpo.eval.generate.Generator} is the interface; {@link dev.mpo.eval.generate.ChatGenerator} answers with
 * a checkpoint in this process.
 */
@NullMarked
package dev.mpo.eval.generate;

import org.jspecify.annotations.NullMarked;
