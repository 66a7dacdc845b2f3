/**
 * The meta file of a run: which annotation files take part, how often, and where their images lie.
 *
 * <p>Start at {@link dev.mpo.data.meta.MetaFile}. Nothing here opens an annotation file.
 */
@NullMarked
package dev.mpo.data.meta;

import org.jspecify.annotations.NullMarked;
