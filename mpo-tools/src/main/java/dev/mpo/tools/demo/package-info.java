/**
 * The demonstration: the whole way from nothing to a trained model and its report, on data that the program draws.
 * Start reading at {@link dev.mpo.tools.demo.Demo}.
 */
@NullMarked
package dev.mpo.tools.demo;

import org.jspecify.annotations.NullMarked;
