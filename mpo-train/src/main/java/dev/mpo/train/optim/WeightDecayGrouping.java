package dev.mpo.train.optim;

/** Which parameters weight decay shrinks. */
public enum WeightDecayGrouping {
    /** All but biases and layer norms; RMS norms and layer scales are decayed. The rule of transformers 4. */
    TRANSFORMERS4,
    /** All parameters. */
    ALL,
    /** All but biases and norms of both kinds. The rule of transformers 5. */
    TRANSFORMERS5
}
