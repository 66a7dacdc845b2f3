package dev.mpo.tools.plan;

/**
 * Floating-point operations of training on one pair; a multiplication with an addition counts as two.
 *
 * @param vision forward pass of the vision tower and the projector
 * @param prefix forward pass of the decoder over the tokens that both answers share; all tokens of two whole sequences
 * @param branches forward pass of the decoder over the answers
 * @param head forward pass of the output head
 * @param backward backward pass
 * @param recompute what is computed again for the backward pass
 * @param reference forward pass of the reference
 */
public record PairFlops(
        double vision,
        double prefix,
        double branches,
        double head,
        double backward,
        double recompute,
        double reference) {

    /** Returns the sum of all parts. */
    public double total() {
        return forward() + backward + recompute + reference;
    }

    /** Returns the policy's forward pass. */
    public double forward() {
        return vision + prefix + branches + head;
    }
}
