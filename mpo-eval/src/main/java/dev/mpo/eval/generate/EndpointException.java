package dev.mpo.eval.generate;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One attempt to get an answer from a server that failed. */
final class EndpointException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** What a failure says about the next attempt. */
    enum Outlook {
        /** It may well succeed. */
        TRY_AGAIN,
        /** This question will never be answered. */
        GIVE_UP,
        /** No question will ever be answered. */
        HOPELESS
    }

    private final String kind;
    private final Outlook outlook;
    private final @Nullable Duration wait;

    EndpointException(
            String kind, String message, Outlook outlook, @Nullable Duration wait, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.outlook = outlook;
        this.wait = wait;
    }

    static EndpointException tryAgain(String kind, String message, @Nullable Throwable cause) {
        return new EndpointException(kind, message, Outlook.TRY_AGAIN, null, cause);
    }

    /** A few words for the statistics, the same for all failures of this kind. */
    String kind() {
        return kind;
    }

    Outlook outlook() {
        return outlook;
    }

    /** How long the server asks to wait; null if it does not. */
    @Nullable Duration serverWait() {
        return wait;
    }
}
