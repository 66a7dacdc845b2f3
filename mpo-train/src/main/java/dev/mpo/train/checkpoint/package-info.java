/**
 * Checkpoints of a run and its continuation: {@link dev.mpo.train.checkpoint.RunStart} decides where a run begins,
 * {@link dev.mpo.train.checkpoint.RunSaver} saves, {@link dev.mpo.train.checkpoint.CheckpointStore} reads and writes
 * the folders {@code step-N}, {@link dev.mpo.train.checkpoint.CheckpointExport} turns one into a model folder.
 */
@NullMarked
package dev.mpo.train.checkpoint;

import org.jspecify.annotations.NullMarked;
