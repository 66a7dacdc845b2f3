/** Tests of the demonstration. */
@NullMarked
package dev.mpo.tools.demo;

import org.jspecify.annotations.NullMarked;
