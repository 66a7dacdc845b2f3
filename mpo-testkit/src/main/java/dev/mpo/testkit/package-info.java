/** Fixtures, npz and golden readers and leak assertions shared by the tests of every module; never published. */
@NullMarked
package dev.mpo.testkit;

import org.jspecify.annotations.NullMarked;
