/**
 * Generation from conversations: texts and images in, texts out.
 *
 * <p>{@link dev.mpo.train.generate.Generator} is the interface; {@link dev.mpo.train.generate.ChatGenerator} answers
 * with a checkpoint in this process.
 */
@NullMarked
package dev.mpo.train.generate;

import org.jspecify.annotations.NullMarked;
