/**
 * The ranks of a run on this machine: {@code mpo train --devices N} starts them, shows what they print, hands on
 * signals, and tells which one failed first and why. {@link dev.mpo.cli.launch.LocalRun} is where to start reading.
 */
@NullMarked
package dev.mpo.cli.launch;

import org.jspecify.annotations.NullMarked;
