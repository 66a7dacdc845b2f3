package dev.mpo.train.ranks;

import java.time.Duration;

/**
 * How long ranks wait for one that does not come to an operation.
 *
 * @param busy for one that lives, whatever it does
 * @param stalled for one that lives but does nothing; zero if that makes no difference
 */
public record WaitLimits(Duration busy, Duration stalled) {

    private static final Duration SILENCE = Duration.ofSeconds(20);

    /** The default for {@code stalled}, with which a rank that hangs ends the run within 30 seconds. */
    public static final Duration STALLED = Duration.ofSeconds(20);

    /** Limits for ranks that work, with the default for one that does nothing. */
    public static WaitLimits of(Duration busy) {
        return new WaitLimits(busy, STALLED);
    }

    /** How long ranks go without a sign of life of one. */
    Duration silence() {
        return busy.compareTo(SILENCE) < 0 ? busy : SILENCE;
    }
}
