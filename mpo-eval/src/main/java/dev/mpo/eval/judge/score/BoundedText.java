package dev.mpo.eval.judge.score;

/**
 * A text that may be looked at only so often, so that a regular expression that tries too many ways ends.
 *
 * <p>A model that repeats itself writes texts on which some expressions take cubic time. Nobody waits for those.
 */
final class BoundedText implements CharSequence {

    /** Some hundredths of a second. */
    private static final long MOST_LOOKS = 2_000_000;

    private final String text;
    private long looks;

    BoundedText(String text) {
        this.text = text;
    }

    /** The text was looked at too often. */
    static final class TooManyLooksException extends RuntimeException {

        private static final long serialVersionUID = 1;

        TooManyLooksException() {
            super("the answer takes too long to read", null, false, false);
        }
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public char charAt(int index) {
        if (++looks > MOST_LOOKS) {
            throw new TooManyLooksException();
        }
        return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.substring(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
