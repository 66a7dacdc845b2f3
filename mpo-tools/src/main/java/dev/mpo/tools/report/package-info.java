/**
 * The report of a run: one HTML page with its headline numbers, curves, example pairs, settings and provenance, drawn
 * from the files of the run directory without any resource from the network.
 *
 * <p>Start with {@link dev.mpo.tools.report.RunReport}. {@link dev.mpo.tools.report.Evaluation} holds a comparison of
 * held-out scores before and after training, which the report shows when the run directory has one. The command line
 * depends on this package; nothing in training does.
 */
@NullMarked
package dev.mpo.tools.report;

import org.jspecify.annotations.NullMarked;
