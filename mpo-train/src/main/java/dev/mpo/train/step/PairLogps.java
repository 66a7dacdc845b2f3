package dev.mpo.train.step;

/**
 * Summed log-probabilities of the answers of some pairs under one model, in nats.
 *
 * @param chosen of each chosen answer
 * @param rejected of each rejected answer
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; never compared
public record PairLogps(double[] chosen, double[] rejected) {

    /** Sums the log-probabilities of the scored positions of a stream. */
    public static PairLogps of(PackedPairs packed, double[] logps) {
        return new PairLogps(packed.sumChosen(logps), packed.sumRejected(logps));
    }
}
