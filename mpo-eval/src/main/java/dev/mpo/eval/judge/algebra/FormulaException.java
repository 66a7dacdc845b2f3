package dev.mpo.eval.judge.algebra;

/** A text that is no formula this algebra understands. Callers treat such an answer as not comparable. */
public final class FormulaException extends Exception {

    /** Creates the failure with what was expected and found. */
    public FormulaException(String message) {
        super(message);
    }
}
