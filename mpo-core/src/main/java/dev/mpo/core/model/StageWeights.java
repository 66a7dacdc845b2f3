package dev.mpo.core.model;

import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a stage in the order its operator wants, with the gradients of the trained ones. Owns no tensor.
 * Where the buffers' tensors come and go, the arrays returned here are those of the moment.
 */
final class StageWeights {

    private final List<ParameterBuffer> buffers;
    private final int numSlots;
    private final Tensor absent;
    private final List<Place> places;
    private final int[] trainedSlots;
    private int generation = -1;
    private Tensor[] slots = {};
    private Tensor[] baseSlots = {};

    /** Where a parameter of a buffer goes. */
    private record Place(ParameterBuffer buffer, int index, int slot, boolean adapter) {}

    private StageWeights(List<ParameterBuffer> buffers, int numSlots, Tensor absent, List<Place> places) {
        this.buffers = List.copyOf(buffers);
        this.numSlots = numSlots;
        this.absent = absent;
        this.places = places;
        this.trainedSlots = trained(places).stream().mapToInt(Place::slot).toArray();
    }

    private static List<Place> trained(List<Place> places) {
        return places.stream().filter(place -> place.buffer().trained()).toList();
    }

    /** Arranges the parameters of some buffers; {@code absent} is an empty tensor that stands for missing ones. */
    static StageWeights of(SlotPlan plan, List<ParameterBuffer> buffers, Tensor absent) {
        Map<String, Integer> slotOf = new HashMap<>();
        for (int i = 0; i < plan.names().size(); i++) {
            slotOf.put(plan.names().get(i), i);
        }
        List<Place> places = new ArrayList<>();
        for (ParameterBuffer buffer : buffers) {
            for (int i = 0; i < buffer.specs().size(); i++) {
                String name = buffer.specs().get(i).name();
                Integer slot = slotOf.get(name);
                if (slot == null) {
                    throw new IllegalArgumentException(buffer.stage() + " has no place for " + name);
                }
                places.add(new Place(buffer, i, slot, LoraSpec.isAdapter(name)));
            }
        }
        return new StageWeights(buffers, plan.names().size(), absent, places);
    }

    /** Returns the buffers that the parameters lie in. */
    List<ParameterBuffer> buffers() {
        return buffers;
    }

    /** Returns the parameters for computing without autograd. */
    Tensor[] slots() {
        arrange();
        return slots;
    }

    /** Returns the parameters as they would be if the stage had no adapters. */
    Tensor[] slotsWithoutAdapters() {
        arrange();
        return baseSlots;
    }

    private void arrange() {
        int now = buffers.stream().mapToInt(ParameterBuffer::generation).sum();
        if (now == generation) {
            return;
        }
        Tensor[] all = new Tensor[numSlots];
        Arrays.fill(all, absent);
        Tensor[] base = all.clone();
        for (Place place : places) {
            all[place.slot] = place.buffer.views().get(place.index);
            base[place.slot] = place.adapter ? absent : all[place.slot];
        }
        slots = all;
        baseSlots = base;
        generation = now;
    }

    /**
     * Returns the weights of neighbouring parameters of a decoder layer, one view for each of
     * {@link SlotPlan#NEIGHBOURS}, {@code absent} for those that the layer does not have; none if some are no
     * neighbours or the layer has adapters.
     */
    Tensor[] joined(Tensor absent) {
        return joined(absent, ParameterBuffer::joinedWeights);
    }

    /** Returns the gradient sums of {@link #joined}, {@code absent} where nothing is trained. */
    Tensor[] joinedGradients(Tensor absent) {
        return trained() ? joined(absent, ParameterBuffer::joinedGradients) : new Tensor[] {absent, absent, absent};
    }

    private Tensor[] joined(Tensor absent, Neighbours neighbours) {
        if (buffers.size() != 1) {
            return new Tensor[0];
        }
        ParameterBuffer buffer = buffers.get(0);
        Tensor[] all = new Tensor[SlotPlan.NEIGHBOURS.size()];
        for (int i = 0; i < all.length; i++) {
            List<String> names = SlotPlan.NEIGHBOURS.get(i);
            boolean known = buffer.specs().stream().anyMatch(spec -> names.contains(spec.name()));
            Tensor view = neighbours.of(buffer, names);
            if (known && view == null) {
                return new Tensor[0];
            }
            all[i] = view == null ? absent : view;
        }
        return all;
    }

    private interface Neighbours {
        @Nullable Tensor of(ParameterBuffer buffer, List<String> names);
    }

    /** Returns whether any parameter is trained. */
    boolean trained() {
        return trainedSlots.length > 0;
    }

    /** Returns the gradient sums of the trained parameters, in the order of {@link #trainedLeaves}. */
    Tensor[] gradients() {
        return trained(places).stream()
                .map(place -> place.buffer().gradientViews().get(place.index()))
                .toArray(Tensor[]::new);
    }

    /** Returns the gradient sums in the order of the slots, with {@code absent} where nothing is trained. */
    Tensor[] gradientSlots(Tensor absent) {
        Tensor[] all = new Tensor[slots().length];
        Arrays.fill(all, absent);
        Tensor[] sums = gradients();
        for (int i = 0; i < sums.length; i++) {
            all[trainedSlots[i]] = sums[i];
        }
        return all;
    }

    /** Returns the parameters with the trained ones replaced by fresh leaves of an autograd graph. */
    Tensor[] leafSlots(Scope scope) {
        Tensor[] all = slots().clone();
        if (trained()) {
            Tensor[] chosen = new Tensor[trainedSlots.length];
            for (int i = 0; i < chosen.length; i++) {
                chosen[i] = all[trainedSlots[i]];
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
