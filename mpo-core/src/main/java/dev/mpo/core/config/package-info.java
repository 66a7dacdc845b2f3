/**
 * The architecture of a model as records, read from a checkpoint's {@code config.json}.
 *
 * <p>Start at {@link dev.mpo.core.config.ModelConfig}. Both layouts of InternVL checkpoints are understood: the
 * original one ({@code InternVLChatModel}) and the one native to the transformers library
 * ({@code InternVLForConditionalGeneration}). Key names of either layout appear nowhere else.
 */
@NullMarked
package dev.mpo.core.config;

import org.jspecify.annotations.NullMarked;
