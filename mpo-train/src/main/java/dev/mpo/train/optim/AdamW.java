package dev.mpo.train.optim;

import dev.mpo.core.model.ParameterBuffer;
import dev.mpo.core.model.ParameterSpec;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.OperatorLibrary;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * AdamW with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101) over the flat buffers of a model, by
 * libtorch's fused kernel.
 *
 * <p>Weights, gradients and both moments are single precision. Each buffer is one or two contiguous ranges, with and
 * without weight decay.
 */
public final class AdamW implements AutoCloseable {

    private static final OperatorLibrary OPS = OperatorLibrary.compile("""
            def adamw(self, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor], lr: float, beta1: float, beta2: float, decay: float, eps: float) -> int:
              unused = annotate(List[Tensor], [])
              torch._foreach_add_(steps, 1.)
              torch._fused_adamw_(p, g, m, v, unused, steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
              return 0
            """);

    /**
     * The constants of the update.
     *
     * @param beta1 decay of the first moment
     * @param beta2 decay of the second moment
     * @param epsilon added to the root of the second moment
     * @param weightDecay share of each decayed weight that a step of learning rate 1 takes off
     */
    public record Settings(double beta1, double beta2, double epsilon, double weightDecay) {}

    private final Settings settings;
    private final List<ParameterBuffer> buffers;
    private final Scope scope = new Scope();
    private final Group decayed = new Group();
    private final Group plain = new Group();

    /** Ranges that share one weight decay. */
    private static final class Group {
        private final List<Tensor> weights = new ArrayList<>();
        private final List<Tensor> gradients = new ArrayList<>();
        private final List<Tensor> firstMoments = new ArrayList<>();
        private final List<Tensor> secondMoments = new ArrayList<>();
        private final List<Tensor> steps = new ArrayList<>();
    }

    /** Creates an optimizer with zero moments for the trained buffers of a model, which it borrows. */
    public AdamW(Settings settings, List<ParameterBuffer> trained) {
        this.settings = settings;
        this.buffers = List.copyOf(trained);
        for (ParameterBuffer buffer : buffers) {
            long length = buffer.master().numel();
            add(decayed, buffer, 0, buffer.decayedLength());
            add(plain, buffer, buffer.decayedLength(), length - buffer.decayedLength());
        }
    }

    private void add(Group group, ParameterBuffer buffer, long start, long length) {
        if (length == 0) {
            return;
        }
        Tensor master = buffer.master();
        group.weights.add(Tensors.view(scope, master, start, length, length));
        group.gradients.add(Tensors.view(scope, buffer.gradients(), start, length, length));
        var device = buffer.device();
        group.firstMoments.add(Tensors.zeros(scope, device, master.dtype(), length));
        group.secondMoments.add(Tensors.zeros(scope, device, master.dtype(), length));
        group.steps.add(Tensors.zeros(scope, device, dev.mpo.core.tensor.DType.FLOAT32));
    }

    /** Updates the weights from the gradient sums. */
    public void step(double learningRate) {
        apply(decayed, learningRate, settings.weightDecay());
        apply(plain, learningRate, 0);
        buffers.forEach(ParameterBuffer::publish);
    }

    private void apply(Group group, double learningRate, double decay) {
        if (group.weights.isEmpty()) {
            return;
        }
        OPS.run(
                "adamw",
                array(group.weights),
                array(group.gradients),
                array(group.firstMoments),
                array(group.secondMoments),
                array(group.steps),
                learningRate,
                settings.beta1(),
                settings.beta2(),
                decay,
                settings.epsilon());
    }

    private static Tensor[] array(List<Tensor> tensors) {
        return tensors.toArray(new Tensor[0]);
    }

    /**
     * Returns the first moments by full parameter name.
     *
     * @param views owns the returned views, which change with every step and may be written to
     */
    public Map<String, Tensor> firstMoments(Scope views) {
        return byName(views, group -> group.firstMoments);
    }

    /** As {@link #firstMoments}, for the second moments. */
    public Map<String, Tensor> secondMoments(Scope views) {
        return byName(views, group -> group.secondMoments);
    }

    private Map<String, Tensor> byName(Scope views, Function<Group, List<Tensor>> vectors) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        int nextDecayed = 0;
        int nextPlain = 0;
        for (ParameterBuffer buffer : buffers) {
            for (int i = 0; i < buffer.specs().size(); i++) {
                ParameterSpec spec = buffer.specs().get(i);
                long offset = buffer.offsets().get(i);
                boolean decays = offset < buffer.decayedLength();
                Tensor vector = decays
                        ? vectors.apply(decayed).get(nextDecayed)
                        : vectors.apply(plain).get(nextPlain);
                long start = decays ? offset : offset - buffer.decayedLength();
                all.put(
                        buffer.stage() + "." + spec.name(),
                        Tensors.view(views, vector, start, spec.numElements(), spec.shapeArray()));
            }
            nextDecayed += buffer.decayedLength() > 0 ? 1 : 0;
            nextPlain += buffer.decayedLength() < buffer.master().numel() ? 1 : 0;
        }
        return all;
    }

    /** Sets how many steps have been taken, on which the correction of the young moments depends. */
    public void restoreStepCount(long count) {
        try (Scope temporary = new Scope()) {
            Tensor value = Tensors.of(temporary, Device.CPU, new float[] {count});
            decayed.steps.forEach(steps -> Tensors.copy(value, steps));
            plain.steps.forEach(steps -> Tensors.copy(value, steps));
        }
    }

    /** Sets the gradient sums to zero. */
    public void zeroGradients() {
        buffers.forEach(buffer -> Tensors.zero(buffer.gradients()));
    }

    /** Returns the Euclidean norm of all gradients together. */
    public double gradientNorm() {
        double sum = 0;
        for (ParameterBuffer buffer : buffers) {
            sum += Tensors.squaredNorm(buffer.gradients());
        }
        return Math.sqrt(sum);
    }

    /** Scales the gradients so that their norm is at most {@code maxNorm}; 0 means no limit. */
    public void clip(double norm, double maxNorm) {
        double factor = maxNorm / (norm + 1e-6);
        if (maxNorm > 0 && factor < 1) {
            buffers.forEach(buffer -> Tensors.scale(buffer.gradients(), factor));
        }
    }

    /** Frees the moments. */
    @Override
    public void close() {
        scope.close();
    }
}
