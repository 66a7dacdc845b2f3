package dev.mpo.core.json;

/** Says where and why a text is no JSON, as a part of a sentence that the caller completes with file and remedy. */
public final class MalformedJsonException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int line;

    MalformedJsonException(int line, String finding) {
        super(finding);
        this.line = line;
    }

    /** Returns the line of the fault, counted from 1, or 0 where the text as a whole is meant. */
    public int line() {
        return line;
    }
}
