/** Tests of generation from conversations. */
@NullMarked
package dev.mpo.train.generate;

import org.jspecify.annotations.NullMarked;
