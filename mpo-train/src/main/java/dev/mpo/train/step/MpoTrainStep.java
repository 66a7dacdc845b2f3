package dev.mpo.train.step;

import dev.mpo.core.loss.LossResult;
import dev.mpo.core.loss.MixedPreferenceLoss;
import dev.mpo.core.loss.PreferenceBatch;
import dev.mpo.core.model.DropPath;
import dev.mpo.core.model.ForwardPass;
import dev.mpo.core.model.Recompute;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.data.pair.EncodedPair;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * What happens to one micro-batch: score it with the reference, run the policy forward, compute the mixed loss from the
 * summed log-probabilities, and back-propagate.
 */
public final class MpoTrainStep {

    private final VisionLanguageModel policy;
    private final ReferenceModel reference;
    private final MixedPreferenceLoss loss;
    private final BatchPacker packer;
    private final RecomputeChoice recompute;
    private final boolean keepLogits;

    /**
     * Creates the step; it borrows the models.
     *
     * @param recompute what the policy keeps between forward and backward
     * @param keepLogits whether the logits are kept even where everything else is computed again
     */
    public MpoTrainStep(
            VisionLanguageModel policy,
            ReferenceModel reference,
            MixedPreferenceLoss loss,
            BatchPacker packer,
            RecomputeChoice recompute,
            boolean keepLogits) {
        this.policy = policy;
        this.reference = reference;
        this.loss = loss;
        this.packer = packer;
        this.recompute = recompute;
        this.keepLogits = keepLogits;
    }

    /** As {@link #run(List, DropPath, double, DoubleFunction, int)} on the first or only rank. */
    public MicroBatchResult run(
            List<EncodedPair> pairs, DropPath dropPath, double gradientScale, DoubleFunction<double[]> gather) {
        return run(pairs, dropPath, gradientScale, gather, 0);
    }

    /**
     * Adds the gradients of one micro-batch to the policy's sums.
     *
     * @param pairs the pairs, all with at least one labelled token in each answer
     * @param dropPath which residual branches of the vision tower to drop
     * @param gradientScale factor on the gradients: one over the number of micro-batches of an optimizer step
     * @param gather see {@link MixedPreferenceLoss#train(PreferenceBatch, DoubleFunction, int)}
     * @param rank see there
     * @return the loss and what is logged, unscaled
     */
    public MicroBatchResult run(
            List<EncodedPair> pairs,
            DropPath dropPath,
            double gradientScale,
            DoubleFunction<double[]> gather,
            int rank) {
        PackedPairs packed = packer.pack(pairs);
        PairLogps referenceLogps = reference.logps(pairs, packed);
        try (ForwardPass pass = forward(packed, dropPath)) {
            PairLogps policyLogps = PairLogps.of(packed, pass.logps());
            PreferenceBatch batch = batch(packed, policyLogps, referenceLogps);
            LossResult result = loss.train(batch, gather, rank);
            // Also of a loss that is not finite: the other ranks differentiate theirs, and wait for this one's part.
            policy.backward(pass, coefficients(packed, result, gradientScale));
            return new MicroBatchResult(
                    result,
                    policyLogps,
                    referenceLogps,
                    pairs.size(),
                    packed.batch().numTokens());
        }
    }

    private ForwardPass forward(PackedPairs packed, DropPath dropPath) {
        Recompute chosen = recompute.of(packed.batch());
        return policy.forward(packed.batch(), chosen, keepLogits || chosen == Recompute.NONE, dropPath);
    }

    static PreferenceBatch batch(PackedPairs packed, PairLogps policy, PairLogps reference) {
        int[] chosenLengths = packed.chosenLengths();
        double numChosenTokens = Arrays.stream(chosenLengths).sum();
        double nll = -Arrays.stream(policy.chosen()).sum() / numChosenTokens;
        return new PreferenceBatch(
                policy.chosen(),
                policy.rejected(),
                reference.chosen(),
                reference.rejected(),
                chosenLengths,
                packed.rejectedLengths(),
                nll,
                false);
    }

    private static double[] coefficients(PackedPairs packed, LossResult result, double gradientScale) {
        double numChosenTokens = Arrays.stream(packed.chosenLengths()).sum();
        double nllShare = result.gradNll() / numChosenTokens;
        double[] byChosen = Arrays.stream(result.gradChosen())
                .map(g -> gradientScale * (g - nllShare))
                .toArray();
        double[] byRejected =
                Arrays.stream(result.gradRejected()).map(g -> gradientScale * g).toArray();
        return packed.spread(byChosen, byRejected);
    }
}
