/**
 * Benchmarks as VLMEvalKit asks and scores them: data sets in its TSV form, prompts by data set and mode, matching of
 * answers without a judge, scores. Start reading at {@link dev.mpo.eval.benchmark.Benchmark}. Facts were taken from
 * VLMEvalKit e8e78f05 (2026-08-18) and 00e0cf87 (2024-12-26, "2024-12") and are held by recordings of that code.
 */
@NullMarked
package dev.mpo.eval.benchmark;

import org.jspecify.annotations.NullMarked;
