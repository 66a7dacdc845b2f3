/**
 * Turns model folders of one checkpoint layout into the other: configuration, tokenizer, processor and chat template.
 * The weights are rewritten by {@code weights}.
 */
@NullMarked
package dev.mpo.data.convert;

import org.jspecify.annotations.NullMarked;
