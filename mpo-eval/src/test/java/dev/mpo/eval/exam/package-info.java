@NullMarked
package dev.mpo.eval.exam;

import org.jspecify.annotations.NullMarked;
