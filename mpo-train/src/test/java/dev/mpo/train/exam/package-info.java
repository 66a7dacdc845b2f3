@NullMarked
package dev.mpo.train.exam;

import org.jspecify.annotations.NullMarked;
