package dev.mpo.core.model;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one stage in one flat vector, and, if they are trained, their gradients in another.
 *
 * <p>Parameters start at multiples of 64 bytes. Those with weight decay come first, so that the optimizer handles each
 * group as one contiguous range.
 *
 * <p>A process may own a part of the vector alone ({@link Sharding}). What belongs to that part for good is
 * {@link #master()}, the weights that the optimizer updates, and {@link #ownedGradients()}, the sums that it takes.
 * {@link #weights()} and {@link #gradients()} are vectors of the whole stage: they may be these very tensors, or views
 * around them, or come and go.
 */
public final class ParameterBuffer implements AutoCloseable {

    private static final int ALIGNMENT_ELEMENTS = 16;

    private final String stage;
    private final Device device;
    private final Sharding sharding;
    private final Scope scope = new Scope();
    private final List<ParameterSpec> specs;
    private final List<Long> offsets = new ArrayList<>();
    private final long length;
    private final long decayedLength;
    private final long ownedStart;
    private final long ownedLength;
    private final Whole weights;
    private final Tensor master;
    private final Tensor computeShard;
    private final @Nullable Whole gradients;
    private final @Nullable Tensor ownedGradients;

    /** A vector of the whole stage with a view of each parameter, which may come and go. */
    private final class Whole {
        private final DType type;
        private @Nullable Scope owner;
        private @Nullable Tensor vector;
        private List<Tensor> views = List.of();
        private Map<List<String>, Tensor> joined = Map.of();
        private int generation;

        Whole(DType type) {
            this.type = type;
        }

        void allocate(boolean zero) {
            Scope fresh = new Scope();
            Tensor all = zero ? Tensors.zeros(fresh, device, type, length) : Tensors.empty(fresh, device, type, length);
            List<Tensor> each = new ArrayList<>();
            for (int i = 0; i < specs.size(); i++) {
                ParameterSpec spec = specs.get(i);
                each.add(Tensors.view(fresh, all, offsets.get(i), spec.numElements(), spec.shapeArray()));
            }
            free();
            owner = fresh;
            vector = all;
            views = Collections.unmodifiableList(each);
            joined = joined(fresh, all);
            generation++;
        }

        void free() {
            if (owner != null) {
                owner.close();
            }
            owner = null;
            vector = null;
            views = List.of();
            joined = Map.of();
        }

        private Map<List<String>, Tensor> joined(Scope fresh, Tensor all) {
            Map<List<String>, Tensor> found = new HashMap<>();
            for (List<String> names : SlotPlan.NEIGHBOURS) {
                long[] range = rangeOf(names);
                if (range.length > 0) {
                    ParameterSpec first = specs.get(indexOf(names.get(0)));
                    long[] shape = first.shapeArray();
                    shape[0] = (range[1] - range[0]) / (first.numElements() / shape[0]);
                    found.put(names, Tensors.view(fresh, all, range[0], range[1] - range[0], shape));
                }
            }
            return found;
        }

        Tensor vector() {
            if (vector == null) {
                throw new IllegalStateException("stage " + stage + " is not gathered");
            }
            return vector;
        }

        List<Tensor> views() {
            vector();
            return views;
        }
    }

    private ParameterBuffer(
            String stage,
            List<ParameterSpec> ordered,
            int numDecayed,
            boolean trained,
            Device device,
            DType compute,
            Sharding sharding) {
        this.stage = stage;
        this.device = device;
        this.sharding = sharding;
        this.specs = ordered;
        long offset = 0;
        long decayed = 0;
        for (int i = 0; i < ordered.size(); i++) {
            offsets.add(offset);
            offset += aligned(ordered.get(i).numElements(), ALIGNMENT_ELEMENTS);
            decayed = i < numDecayed ? offset : decayed;
        }
        this.decayedLength = decayed;
        this.length = aligned(offset, (long) ALIGNMENT_ELEMENTS * sharding.ranks());
        boolean divided = sharding.dividesMaster(trained);
        this.ownedLength = divided ? length / sharding.ranks() : length;
        this.ownedStart = divided ? sharding.rank() * ownedLength : 0;
        this.weights = new Whole(compute);
        boolean wide = compute == DType.FLOAT32 || compute == DType.FLOAT64;
        DType masterType = wide || !trained ? compute : DType.FLOAT32;
        boolean onHost = trained && sharding.offload();
        if (!sharding.dividesWeights()) {
            weights.allocate(true);
            computeShard = Tensors.view(scope, weights.vector(), ownedStart, ownedLength, ownedLength);
            master = masterType == compute && !onHost ? computeShard : zeros(onHost, masterType);
        } else {
            computeShard = zeros(false, compute);
            master = masterType == compute && !onHost ? computeShard : zeros(onHost, masterType);
        }
        if (!trained) {
            gradients = null;
            ownedGradients = null;
            return;
        }
        gradients = new Whole(masterType);
        if (sharding.passingGradients()) {
            ownedGradients = zeros(onHost, masterType);
        } else {
            gradients.allocate(true);
            ownedGradients = Tensors.view(scope, gradients.vector(), ownedStart, ownedLength, ownedLength);
        }
    }

    private Tensor zeros(boolean onHost, DType type) {
        return Tensors.zeros(scope, onHost ? Device.CPU : device, type, ownedLength);
    }

    /** Allocates zeros for the parameters of a stage; {@code decayed} tells which of them weight decay applies to. */
    static ParameterBuffer create(
            String stage,
            List<ParameterSpec> specs,
            Predicate<ParameterSpec> decayed,
            boolean trained,
            Device device,
            DType compute,
            Sharding sharding) {
        List<ParameterSpec> ordered =
                new ArrayList<>(specs.stream().filter(decayed).toList());
        int numDecayed = ordered.size();
        ordered.addAll(specs.stream().filter(decayed.negate()).toList());
        return new ParameterBuffer(stage, List.copyOf(ordered), numDecayed, trained, device, compute, sharding);
    }

    private static long aligned(long numElements, long unit) {
        return (numElements + unit - 1) / unit * unit;
    }

    /** Returns the name of the stage. */
    public String stage() {
        return stage;
    }

    /** Returns where the stage is computed. */
    public Device device() {
        return device;
    }

    /** Returns how the vector is divided. */
    public Sharding sharding() {
        return sharding;
    }

    /** Returns the parameters in the order of the flat vector. */
    public List<ParameterSpec> specs() {
        return specs;
    }

    /** Returns where each parameter begins in the flat vector, in elements. */
    public List<Long> offsets() {
        return Collections.unmodifiableList(offsets);
    }

    /** Returns the full name of a parameter. */
    public String fullName(int index) {
        return stage + "." + specs.get(index).name();
    }

    /**
     * Returns the first element of neighbouring parameters and the one after the last; none if they are no neighbours.
     */
    private long[] rangeOf(List<String> names) {
        int first = indexOf(names.get(0));
        long end = first < 0 ? 0 : offsets.get(first);
        for (String name : names) {
            int index = indexOf(name);
            if (index < 0 || offsets.get(index) != end) {
                return new long[0];
            }
            end += specs.get(index).numElements();
        }
        return new long[] {offsets.get(first), end};
    }

    private int indexOf(String name) {
        for (int i = 0; i < specs.size(); i++) {
            if (specs.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Returns one view of the weights of neighbouring parameters, rows after rows, or null. */
    @Nullable Tensor joinedWeights(List<String> names) {
        return weights.joined.get(names);
    }

    /** Returns one view of the gradients of neighbouring parameters, or null. */
    @Nullable Tensor joinedGradients(List<String> names) {
        return gradients == null ? null : gradients.joined.get(names);
    }

    /** Returns the weights that the model computes with, one view per parameter; only while they are there. */
    public List<Tensor> views() {
        return weights.views();
    }

    /** Returns the gradients, one view per parameter; only while they are there, empty if they are not trained. */
    public List<Tensor> gradientViews() {
        return gradients == null ? List.of() : gradients.views();
    }

    /** Returns a number that changes whenever {@link #views} or {@link #gradientViews} return other tensors. */
    int generation() {
        return weights.generation + (gradients == null ? 0 : gradients.generation);
    }

    /** Returns whether the parameters have gradients. */
    public boolean trained() {
        return gradients != null;
    }

    /** Returns the number of elements of the flat vector. */
    public long length() {
        return length;
    }

    /** Returns the first element of the part that this process owns. */
    public long ownedStart() {
        return ownedStart;
    }

    /** Returns the number of elements of the part that this process owns. */
    public long ownedLength() {
        return ownedLength;
    }

    /** Returns the flat weights of the whole stage in the compute type; only while they are there. */
    public Tensor weights() {
        return weights.vector();
    }

    /** Returns whether the weights of the whole stage are there. */
    public boolean hasWeights() {
        return weights.vector != null;
    }

    /** Makes room for the weights of the whole stage; their values are undefined. */
    public void allocateWeights() {
        weights.allocate(false);
    }

    /** Forgets the weights of the whole stage. Only where the weights are divided. */
    public void freeWeights() {
        if (!sharding.dividesWeights()) {
            throw new IllegalStateException("the weights of stage " + stage + " exist once");
        }
        weights.free();
    }

    /** Returns the part of the weights that this process owns, in the compute type. */
    public Tensor computeShard() {
        return computeShard;
    }

    /**
     * Returns the part of the weights that this process owns, as the optimizer updates it: {@link #computeShard}
     * itself, or single-precision weights of which that is a copy.
     */
    public Tensor master() {
        return master;
    }

    /** Returns the flat gradients of the whole stage; only for trained parameters, and while they are there. */
    public Tensor gradients() {
        return known(gradients).vector();
    }

    /** Makes room for the gradients of the whole stage, all zero. */
    public void allocateGradients() {
        known(gradients).allocate(true);
    }

    /** Forgets the gradients of the whole stage. Only where they come and go. */
    public void freeGradients() {
        if (!passingGradients()) {
            throw new IllegalStateException("the gradients of stage " + stage + " are sums");
        }
        known(gradients).free();
    }

    /** Returns whether the gradients of the whole stage come and go, so that the sums are elsewhere. */
    public boolean passingGradients() {
        return sharding.passingGradients();
    }

    /** Returns whether {@link #gradients} are there. */
    public boolean hasGradients() {
        return gradients != null && gradients.vector != null;
    }

    /** Returns the sums of the gradients of the part that this process owns, where {@link #master} is. */
    public Tensor ownedGradients() {
        return known(ownedGradients);
    }

    private <T> T known(@Nullable T ofTrained) {
        if (ofTrained == null) {
            throw new IllegalStateException("stage " + stage + " is frozen and has no gradients");
        }
        return ofTrained;
    }

    /** Returns the number of leading elements to which weight decay applies. */
    public long decayedLength() {
        return decayedLength;
    }

    /** Copies the updated master weights into {@link #computeShard}, where these differ. */
    public void publish() {
        if (master != computeShard) {
            Tensors.copy(master, computeShard);
        }
    }

    /** Frees everything. */
    @Override
    public void close() {
        scope.close();
        weights.free();
        if (gradients != null) {
            gradients.free();
        }
    }
}
