package dev.mpo.core.loss;

import java.util.Arrays;

/**
 * Plain language modelling of the chosen answers: the mean of -log p over all their labelled tokens in the micro-batch.
 *
 * <p>The generation term L_g of MPO. It needs no reference and defines no rewards.
 */
public record SftLoss() implements LossTerm {

    static final String NAME = "sft";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean isPreference() {
        return false;
    }

    @Override
    public TermValue evaluate(PreferenceBatch batch, double rewardShift) {
        double[] losses = new double[batch.size()];
        Arrays.fill(losses, batch.nll());
        return new TermValue(losses, new double[losses.length], new double[losses.length], 1);
    }
}
