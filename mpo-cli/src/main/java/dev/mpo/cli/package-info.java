/** The command line: one class per command, the exit codes and the terminal output. */
@NullMarked
package dev.mpo.cli;

import org.jspecify.annotations.NullMarked;
