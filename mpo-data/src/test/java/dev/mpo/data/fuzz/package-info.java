/** Damages files at random, with seeds, so that tests can try thousands of broken inputs. */
@NullMarked
package dev.mpo.data.fuzz;

import org.jspecify.annotations.NullMarked;
