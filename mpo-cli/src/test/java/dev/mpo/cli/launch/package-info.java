/** Tests of starting ranks, with real processes. */
@NullMarked
package dev.mpo.cli.launch;

import org.jspecify.annotations.NullMarked;
