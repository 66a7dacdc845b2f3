/** Goes over every row of some data sets once, in parallel, with results in file order. */
@NullMarked
package dev.mpo.data.sweep;

import org.jspecify.annotations.NullMarked;
