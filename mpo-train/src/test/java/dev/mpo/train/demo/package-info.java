/** Tests of the demonstration. */
@NullMarked
package dev.mpo.train.demo;

import org.jspecify.annotations.NullMarked;
