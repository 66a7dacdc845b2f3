/**
 * What this machine offers for training: processor, memory, disk, accelerators and native libraries, and what to do
 * about the parts that are missing. Used by the {@code doctor} command; start reading at {@code MachineReport}.
 */
@NullMarked
package dev.mpo.cli.doctor;

import org.jspecify.annotations.NullMarked;
