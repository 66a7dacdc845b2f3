/** Tests of generation from conversations. */
@NullMarked
package dev.mpo.eval.generate;

import org.jspecify.annotations.NullMarked;
