/**
 * Text to token ids and back, and conversations to labelled token sequences.
 *
 * <p>{@link dev.mpo.data.text.Tokenizers} opens a checkpoint's tokenizer, {@link dev.mpo.data.text.ChatTemplate} lays a
 * conversation out as text, {@link dev.mpo.data.text.ConversationEncoder} joins both; start reading there. Ids follow
 * the original slow tokenizers to the last detail, because a model is only as good as its agreement with the ids that
 * it was trained on. Used by the pair encoder and by generation.
 */
@NullMarked
package dev.mpo.data.text;

import org.jspecify.annotations.NullMarked;
