package dev.mpo.train.config;

/**
 * {@code engine.*}: how a pair is computed.
 *
 * @param mode the layout of a pair
 */
public record EngineSettings(Mode mode) {

    /** The layout of a pair in the model. */
    public enum Mode {
        /** One stream: the shared prefix once, then both answers as branches. */
        BRANCHED,
        /** Two independent sequences; slow, and obviously right. */
        PLAIN
    }
}
