package dev.mpo.tools.demo.loop;

/** The parts of the loop, in their order. */
public enum LoopPhase {
    /** Pictures are drawn and questions are written about them. */
    DATA,
    /** An untrained model is written. */
    MODEL,
    /** The model is trained on the shown answers alone (loss sft). */
    SFT,
    /** The model answers the held-out questions. */
    EXAM_BEFORE,
    /** The model answers the questions of which only the right answer is known, several times each. */
    SAMPLE,
    /** Right and wrong samples become pairs. */
    PAIRS,
    /** The model is trained on its own pairs. */
    MPO,
    /** The trained model answers the held-out questions. */
    EXAM_AFTER
}
