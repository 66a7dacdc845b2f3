package dev.mpo.core.model;

import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The parameters of a stage in the order its operator wants, with the gradients of the trained ones. Owns no tensor.
 */
final class StageWeights {

    private final Tensor[] slots;
    private final Tensor[] baseSlots;
    private final int[] trainedSlots;
    private final Tensor[] gradients;

    private StageWeights(Tensor[] slots, Tensor[] baseSlots, int[] trainedSlots, Tensor[] gradients) {
        this.slots = slots;
        this.baseSlots = baseSlots;
        this.trainedSlots = trainedSlots;
        this.gradients = gradients;
    }

    /** Arranges the parameters of some buffers; {@code absent} is an empty tensor that stands for missing ones. */
    static StageWeights of(SlotPlan plan, List<ParameterBuffer> buffers, Tensor absent) {
        Map<String, Integer> slotOf = new HashMap<>();
        for (int i = 0; i < plan.names().size(); i++) {
            slotOf.put(plan.names().get(i), i);
        }
        Tensor[] slots = new Tensor[plan.names().size()];
        Arrays.fill(slots, absent);
        Tensor[] baseSlots = slots.clone();
        List<Integer> trained = new ArrayList<>();
        List<Tensor> gradients = new ArrayList<>();
        for (ParameterBuffer buffer : buffers) {
            for (int i = 0; i < buffer.specs().size(); i++) {
                Integer slot = slotOf.get(buffer.specs().get(i).name());
                if (slot == null) {
                    throw new IllegalArgumentException(buffer.stage() + " has no place for "
                            + buffer.specs().get(i).name());
                }
                slots[slot] = buffer.views().get(i);
                if (!LoraSpec.isAdapter(buffer.specs().get(i).name())) {
                    baseSlots[slot] = slots[slot];
                }
                if (buffer.trained()) {
                    trained.add(slot);
                    gradients.add(buffer.gradientViews().get(i));
                }
            }
        }
        return new StageWeights(
                slots,
                baseSlots,
                trained.stream().mapToInt(Integer::intValue).toArray(),
                gradients.toArray(new Tensor[0]));
    }

    /** Returns the parameters for computing without autograd. */
    Tensor[] slots() {
        return slots;
    }

    /** Returns the parameters as they would be if the stage had no adapters. */
    Tensor[] slotsWithoutAdapters() {
        return baseSlots;
    }

    /** Returns whether any parameter is trained. */
    boolean trained() {
        return trainedSlots.length > 0;
    }

    /** Returns the gradient sums of the trained parameters, in the order of {@link #trainedLeaves}. */
    Tensor[] gradients() {
        return gradients;
    }

    /** Returns the parameters with the trained ones replaced by fresh leaves of an autograd graph. */
    Tensor[] leafSlots(Scope scope) {
        Tensor[] all = slots.clone();
        if (trained()) {
            Tensor[] chosen = new Tensor[trainedSlots.length];
            for (int i = 0; i < chosen.length; i++) {
                chosen[i] = slots[trainedSlots[i]];
            }
            Tensor[] leaves = Tensors.leaves(scope, chosen);
            for (int i = 0; i < leaves.length; i++) {
                all[trainedSlots[i]] = leaves[i];
            }
        }
        return all;
    }

    /** Picks the leaves out of what {@link #leafSlots} returned. */
    Tensor[] trainedLeaves(Tensor[] leafSlots) {
        Tensor[] leaves = new Tensor[trainedSlots.length];
        for (int i = 0; i < leaves.length; i++) {
            leaves[i] = leafSlots[trainedSlots[i]];
        }
        return leaves;
    }
}
