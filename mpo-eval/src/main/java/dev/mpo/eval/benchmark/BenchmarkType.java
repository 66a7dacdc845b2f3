package dev.mpo.eval.benchmark;

/** How the questions of a data set are put and scored. */
public enum BenchmarkType {
    /** Multiple choice. */
    MCQ,
    /** Yes or no. */
    YES_NO,
    /** Open questions. */
    VQA,
    /** Sets whose questions stand alone. */
    OTHER
}
