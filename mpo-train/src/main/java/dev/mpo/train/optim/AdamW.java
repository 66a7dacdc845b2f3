package dev.mpo.train.optim;

import dev.mpo.core.model.ParameterBuffer;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.OperatorLibrary;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import dev.mpo.train.ranks.SingleRank;
import dev.mpo.train.shard.ParameterExchange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * AdamW with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101) over the flat buffers of a model, by
 * libtorch's fused kernel.
 *
 * <p>Weights, gradients and both moments are single precision. Each buffer is one or two contiguous ranges, with and
 * without weight decay. Where several ranks share a model, each updates the part of every buffer that it owns, where
 * that part lives: with offloading in host memory, by all cores.
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
    private final ParameterExchange exchange;
    private final Map<ParameterBuffer, Tensor> firstMoments = new HashMap<>();
    private final Map<ParameterBuffer, Tensor> secondMoments = new HashMap<>();
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

    /** Creates an optimizer for the trained buffers of a model in one process, which it borrows. */
    public AdamW(Settings settings, List<ParameterBuffer> trained) {
        this(settings, trained, new ParameterExchange(new SingleRank(Device.CPU)));
    }

    /**
     * Creates an optimizer with zero moments for the trained buffers of a model, which it borrows.
     *
     * @param exchange makes updated weights known to the other ranks
     */
    public AdamW(Settings settings, List<ParameterBuffer> trained, ParameterExchange exchange) {
        this.settings = settings;
        this.buffers = List.copyOf(trained);
        this.exchange = exchange;
        for (ParameterBuffer buffer : buffers) {
            long length = buffer.ownedLength();
            long decays = Math.max(0, Math.min(length, buffer.decayedLength() - buffer.ownedStart()));
            Device device = isOnHost(buffer) ? Device.CPU : buffer.device();
            Tensor first = Tensors.zeros(scope, device, buffer.master().dtype(), length);
            Tensor second = Tensors.zeros(scope, device, buffer.master().dtype(), length);
            firstMoments.put(buffer, first);
            secondMoments.put(buffer, second);
            add(decayed, buffer, device, 0, decays);
            add(plain, buffer, device, decays, length - decays);
        }
    }

    private static boolean isOnHost(ParameterBuffer buffer) {
        return buffer.sharding().offload();
    }

    private void add(Group group, ParameterBuffer buffer, Device device, long start, long length) {
        if (length == 0) {
            return;
        }
        group.weights.add(Tensors.view(scope, buffer.master(), start, length, length));
        group.gradients.add(Tensors.view(scope, buffer.ownedGradients(), start, length, length));
        group.firstMoments.add(Tensors.view(scope, firstMoment(buffer), start, length, length));
        group.secondMoments.add(Tensors.view(scope, secondMoment(buffer), start, length, length));
        group.steps.add(Tensors.zeros(scope, device, DType.FLOAT32));
    }

    /** Updates the weights from the gradient sums. */
    public void step(double learningRate) {
        apply(decayed, learningRate, settings.weightDecay());
        apply(plain, learningRate, 0);
        exchange.publish(buffers);
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

    /** Returns the first moments of the part of a trained buffer that this rank owns; they may be written to. */
    public Tensor firstMoment(ParameterBuffer buffer) {
        return known(firstMoments.get(buffer));
    }

    /** As {@link #firstMoment}, for the second moments. */
    public Tensor secondMoment(ParameterBuffer buffer) {
        return known(secondMoments.get(buffer));
    }

    private static Tensor known(@Nullable Tensor moment) {
        if (moment == null) {
            throw new IllegalArgumentException("the buffer is not one of this optimizer's");
        }
        return moment;
    }

    /** Returns the buffers that are updated. */
    public List<ParameterBuffer> buffers() {
        return buffers;
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
        for (ParameterBuffer buffer : buffers) {
            Tensors.zero(buffer.passingGradients() ? buffer.ownedGradients() : buffer.gradients());
        }
    }

    /** Returns the Euclidean norm of all gradients together, those of the other ranks included. */
    public double gradientNorm() {
        double whole = 0;
        double parts = 0;
        for (ParameterBuffer buffer : buffers) {
            double square = Tensors.squaredNorm(buffer.ownedGradients());
            if (buffer.ownedLength() < buffer.length()) {
                parts += square;
            } else {
                whole += square;
            }
        }
        return Math.sqrt(whole + exchange.sumOverRanks(parts));
    }

    /** Scales the gradients so that their norm is at most {@code maxNorm}; 0 means no limit. */
    public void clip(double norm, double maxNorm) {
        double factor = maxNorm / (norm + 1e-6);
        if (maxNorm > 0 && factor < 1) {
            buffers.forEach(buffer -> Tensors.scale(buffer.ownedGradients(), factor));
        }
    }

    /** Frees the moments. */
    @Override
    public void close() {
        scope.close();
    }
}
