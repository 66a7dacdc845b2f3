/**
 * How long rows are, roughly, for bringing similar ones together: from the index of lines alone, or from the sizes of
 * images as well. Start at {@link dev.mpo.data.length.RowLengths}.
 */
@NullMarked
package dev.mpo.data.length;

import org.jspecify.annotations.NullMarked;
