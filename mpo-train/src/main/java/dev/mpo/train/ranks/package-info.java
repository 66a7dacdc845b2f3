/**
 * The processes of a run and how they exchange tensors.
 *
 * <p>One process, a rank, drives one device. {@link dev.mpo.train.ranks.Ranks} tells which one this process is;
 * {@link dev.mpo.train.ranks.Collectives} is what the ranks do together: start reading there. Only this package knows
 * MPI and NCCL. It depends on tensors and on nothing else of the trainer.
 */
@NullMarked
package dev.mpo.train.ranks;

import org.jspecify.annotations.NullMarked;
