package dev.mpo.core.model;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one stage in one flat vector, and, if they are trained, their gradients in another.
 *
 * <p>Parameters start at multiples of 64 bytes. Those with weight decay come first, so that the optimizer handles each
 * group as one contiguous range. When the compute type is narrower than single precision, {@link #master()} holds the
 * single-precision weights that the optimizer updates.
 */
public final class ParameterBuffer implements AutoCloseable {

    private static final int ALIGNMENT_ELEMENTS = 16;

    private final String stage;
    private final Device device;
    private final Scope scope = new Scope();
    private final List<ParameterSpec> specs;
    private final Tensor weights;
    private final Tensor master;
    private final @Nullable Tensor gradients;
    private final List<Tensor> views = new ArrayList<>();
    private final List<Tensor> masterViews = new ArrayList<>();
    private final List<Tensor> gradientViews = new ArrayList<>();
    private final List<Long> offsets = new ArrayList<>();
    private final long decayedLength;

    private ParameterBuffer(
            String stage, List<ParameterSpec> ordered, int numDecayed, boolean trained, Device device, DType compute) {
        this.stage = stage;
        this.device = device;
        this.specs = ordered;
        long length = length(ordered, ordered.size());
        this.decayedLength = length(ordered, numDecayed);
        this.weights = Tensors.zeros(scope, device, compute, length);
        this.master = trained && compute != DType.FLOAT32 && compute != DType.FLOAT64
                ? Tensors.zeros(scope, device, DType.FLOAT32, length)
                : weights;
        this.gradients = trained ? Tensors.zeros(scope, device, master.dtype(), length) : null;
        long offset = 0;
        for (ParameterSpec spec : ordered) {
            offsets.add(offset);
            views.add(Tensors.view(scope, weights, offset, spec.numElements(), spec.shapeArray()));
            masterViews.add(Tensors.view(scope, master, offset, spec.numElements(), spec.shapeArray()));
            if (gradients != null) {
                gradientViews.add(Tensors.view(scope, gradients, offset, spec.numElements(), spec.shapeArray()));
            }
            offset += aligned(spec.numElements());
        }
    }

    /** Allocates zeros for the parameters of a stage; {@code decayed} tells which of them weight decay applies to. */
    static ParameterBuffer create(
            String stage,
            List<ParameterSpec> specs,
            Predicate<ParameterSpec> decayed,
            boolean trained,
            Device device,
            DType compute) {
        List<ParameterSpec> ordered =
                new ArrayList<>(specs.stream().filter(decayed).toList());
        int numDecayed = ordered.size();
        ordered.addAll(specs.stream().filter(decayed.negate()).toList());
        return new ParameterBuffer(stage, List.copyOf(ordered), numDecayed, trained, device, compute);
    }

    private static long length(List<ParameterSpec> specs, int count) {
        return specs.stream()
                .limit(count)
                .mapToLong(s -> aligned(s.numElements()))
                .sum();
    }

    private static long aligned(long numElements) {
        return (numElements + ALIGNMENT_ELEMENTS - 1) / ALIGNMENT_ELEMENTS * ALIGNMENT_ELEMENTS;
    }

    /** Returns the name of the stage. */
    public String stage() {
        return stage;
    }

    /** Returns where the parameters live. */
    public Device device() {
        return device;
    }

    /** Returns the parameters in the order of the flat vector. */
    public List<ParameterSpec> specs() {
        return specs;
    }

    /** Returns where each parameter begins in the flat vector, in elements. */
    public List<Long> offsets() {
        return Collections.unmodifiableList(offsets);
    }

    /** Returns the weights that the model computes with, one view per parameter. */
    public List<Tensor> views() {
        return views;
    }

    /** Returns the weights that the optimizer updates, one view per parameter. */
    public List<Tensor> masterViews() {
        return masterViews;
    }

    /** Returns the gradients, one view per parameter; empty if they are not trained. */
    public List<Tensor> gradientViews() {
        return gradientViews;
    }

    /** Returns whether the parameters have gradients. */
    public boolean trained() {
        return gradients != null;
    }

    /** Returns the flat weights in the compute type. */
    public Tensor weights() {
        return weights;
    }

    /** Returns the flat weights that the optimizer updates: {@link #weights()} itself in single precision. */
    public Tensor master() {
        return master;
    }

    /** Returns the flat gradients; only for trained parameters. */
    public Tensor gradients() {
        if (gradients == null) {
            throw new IllegalStateException("stage " + stage + " is frozen and has no gradients");
        }
        return gradients;
    }

    /** Returns the number of leading elements to which weight decay applies. */
    public long decayedLength() {
        return decayedLength;
    }

    /** Copies the updated master weights into the weights that the model computes with. */
    public void publish() {
        if (master != weights) {
            Tensors.copy(master, weights);
        }
    }

    /** Frees everything. */
    @Override
    public void close() {
        scope.close();
    }
}
