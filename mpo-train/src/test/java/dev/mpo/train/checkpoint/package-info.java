@NullMarked
package dev.mpo.train.checkpoint;

import org.jspecify.annotations.NullMarked;
