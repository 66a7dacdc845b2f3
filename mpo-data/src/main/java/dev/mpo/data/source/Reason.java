package dev.mpo.data.source;

/** The words for why something failed. */
final class Reason {

    private Reason() {}

    /** Returns the message of an exception, or its kind where it has none. */
    static String of(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
