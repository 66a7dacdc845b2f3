/** Tests of the preference losses: by hand, by central differences, and against reference numbers. */
@NullMarked
package dev.mpo.core.loss;

import org.jspecify.annotations.NullMarked;
