package dev.mpo.eval.judge.value;

/** What an answer means in mathematics. */
public sealed interface AnswerValue permits Quantity, Group, Relation, Matrix {

    /**
     * Compares the value of an answer with that of the ground truth; values of different kinds are unknown unless a
     * rule connects them.
     */
    Comparison compare(AnswerValue groundTruth);
}
