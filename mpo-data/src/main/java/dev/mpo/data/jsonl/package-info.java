/**
 * Annotation files: random access to the rows of JSONL files of any size, and what a row says.
 *
 * <p>Start at {@link dev.mpo.data.jsonl.JsonlFile}; a row is a {@link dev.mpo.data.jsonl.PreferenceRow}.
 */
@NullMarked
package dev.mpo.data.jsonl;

import org.jspecify.annotations.NullMarked;
