package dev.mpo.data.pair;

import dev.mpo.core.DataException;

/** What became of a row: a pair, or one of three reasons why there is none. */
public sealed interface EncodeOutcome {

    /**
     * Returns this outcome, or {@link Bad} for a pair of which the length limit left no token of the chosen answer to
     * train: the mean loss of no tokens is not a number.
     */
    default EncodeOutcome trainable() {
        if (this instanceof Encoded encoded && encoded.pair().numChosenLabels() == 0) {
            EncodedPair pair = encoded.pair();
            return new Bad(new DataException(pair.where()
                    + ": nothing of the chosen answer is left: prompt and image tokens fill the first "
                    + pair.chosenIds().length
                    + " tokens, which is the limit. Raise data.max_seq_length, lower data.max_dynamic_patch,"
                    + " or remove the row"));
        }
        return this;
    }

    /** The row is a pair. */
    record Encoded(EncodedPair pair) implements EncodeOutcome {}

    /**
     * The row is longer than the limit and {@code data.on_too_long} says to leave such rows out.
     *
     * @param reason where, need and limit
     */
    record Dropped(String reason) implements EncodeOutcome {}

    /**
     * The row itself cannot be used: malformed, a missing image, a wrong number of placeholders, nothing left to train.
     *
     * @param cause where and why
     */
    record Bad(DataException cause) implements EncodeOutcome {}

    /**
     * The row does not go with the settings and the run must not go on with it.
     *
     * @param cause where and why, with remedies
     */
    record Refused(DataException cause) implements EncodeOutcome {}
}
