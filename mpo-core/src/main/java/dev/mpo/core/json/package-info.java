/**
 * JSON text read strictly, with complaints in words that a user understands.
 *
 * <p>Start at {@link dev.mpo.core.json.JsonFile} for the files of a model folder and at
 * {@link dev.mpo.core.json.JsonText} for text from elsewhere.
 */
@NullMarked
package dev.mpo.core.json;

import org.jspecify.annotations.NullMarked;
