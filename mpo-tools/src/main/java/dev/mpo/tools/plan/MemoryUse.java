package dev.mpo.tools.plan;

/**
 * Bytes that training takes on each device, at the moment when they are most.
 *
 * @param base the process itself, before there is a model
 * @param weights weights that the policy computes with
 * @param gradients gradient sums
 * @param optimizer both moments and, with narrow weights, the single-precision master weights
 * @param reference weights of a second model
 * @param activations what is kept for the backward pass
 * @param logits logits that exist at once
 * @param workspace what one stage needs while it is computed or differentiated, and parameters gathered for it
 * @param host bytes of host memory per device for what is offloaded
 */
public record MemoryUse(
        double base,
        double weights,
        double gradients,
        double optimizer,
        double reference,
        double activations,
        double logits,
        double workspace,
        double host) {

    /** Returns the peak on the device. */
    public double peak() {
        return base + weights + gradients + optimizer + reference + activations + logits + workspace;
    }
}
