/**
 * Looks for rows that training could not use, or that are unlikely to be what their author meant.
 *
 * <p>{@link dev.mpo.data.check.DataCheck} goes over all rows, {@link dev.mpo.data.check.FindingKind} lists what it
 * looks for.
 */
@NullMarked
package dev.mpo.data.check;

import org.jspecify.annotations.NullMarked;
