package dev.mpo.core.model;

import java.util.List;

/**
 * Told when a model is about to use the parameters of a stage and when it has done so, so that several processes can
 * share a model. A buffer may be announced by two stages at a time: that of tied embeddings belongs to the token
 * embedding and to the scoring head.
 *
 * <p>Every process must announce the same stages in the same order. That is why a model without images in its
 * micro-batch still announces the vision stages if {@link #anyImages} says that another process computes them.
 */
public interface StageHooks {

    /** For a model in one process. */
    StageHooks NONE = new StageHooks() {};

    /**
     * Asked once at the beginning of every pass.
     *
     * @param mine whether this process's micro-batch has images
     * @return whether the vision stages are to be announced
     */
    default boolean anyImages(boolean mine) {
        return mine;
    }

    /** The weights of these buffers must be there from now on. */
    default void beforeForward(List<ParameterBuffer> stage) {}

    /** The weights of these buffers are not used for now; an autograd graph may still refer to them. */
    default void afterForward(List<ParameterBuffer> stage) {}

    /**
     * The stage is about to be differentiated: the sums of gradients must be there.
     *
     * @param weights whether the weights must be there as well
     */
    default void beforeBackward(List<ParameterBuffer> stage, boolean weights) {}

    /** What a {@link #beforeBackward} of the same arguments announced is done. */
    default void afterBackward(List<ParameterBuffer> stage, boolean weights) {}

    /** The micro-batch adds nothing more to the sums of any stage. */
    default void endBackward() {}
}
