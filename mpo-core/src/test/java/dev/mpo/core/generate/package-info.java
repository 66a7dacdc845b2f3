/** Tests of generation. */
@NullMarked
package dev.mpo.core.generate;

import org.jspecify.annotations.NullMarked;
