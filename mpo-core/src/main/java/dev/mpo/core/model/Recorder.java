package dev.mpo.core.model;

import dev.mpo.core.tensor.GradMode;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Runs stages forward and notes, for those that a gradient will pass through, what the backward pass needs. */
final class Recorder {

    private final ForwardPass pass;
    private final Recompute recompute;
    private final StageTimer timer;
    private final StageHooks hooks;
    private boolean gradientWanted;

    Recorder(ForwardPass pass, Recompute recompute, StageTimer timer, StageHooks hooks) {
        this.pass = pass;
        this.recompute = recompute;
        this.timer = timer;
        this.hooks = hooks;
    }

    /**
     * Notes stages that another process computes while this one has nothing to compute there, so that both announce the
     * same.
     */
    void announceAll(List<Stage> stages) {
        for (Stage stage : stages) {
            List<ParameterBuffer> buffers = stage.weights().buffers();
            hooks.beforeForward(buffers);
            hooks.afterForward(buffers);
            gradientWanted |= stage.weights().trained();
            if (gradientWanted) {
                pass.records.add(new ForwardPass.Recorded(stage, null, null, true));
            }
        }
    }

    Tensor runAll(List<Stage> stages, @Nullable Tensor input) {
        Tensor x = input;
        for (Stage stage : stages) {
            x = run(stage, x);
        }
        return Objects.requireNonNull(x);
    }

    /** Computes a stage. From the first trained stage on, everything is recorded; before it, inputs are freed. */
    Tensor run(Stage stage, @Nullable Tensor input) {
        long started = System.nanoTime();
        hooks.beforeForward(stage.weights().buffers());
        Tensor y = record(stage, input);
        hooks.afterForward(stage.weights().buffers());
        timer.add(StageTimer.forward(stage), started);
        return y;
    }

    private Tensor record(Stage stage, @Nullable Tensor input) {
        boolean inputGradient = gradientWanted;
        gradientWanted |= stage.weights().trained();
        boolean ownBackward = stage instanceof TokenEmbeddingStage;
        if (!gradientWanted || ownBackward || recompute == Recompute.FULL) {
            Tensor y = stage.compute(pass.scope, input, stage.weights().slots(), pass.inputs);
            if (gradientWanted) {
                pass.records.add(new ForwardPass.Recorded(stage, input, null, false));
            }
            if (input != null && (!gradientWanted || ownBackward)) {
                input.close();
            }
            return y;
        }
        ForwardPass.Graph graph = graph(stage, inputGradient ? input : null, input, pass.inputs);
        pass.records.add(new ForwardPass.Recorded(stage, input, graph, false));
        return Tensors.leaf(pass.scope, graph.output());
    }

    /**
     * Computes a stage under autograd or for its written-out backward pass; {@code differentiated} is its input if a
     * gradient is wanted there.
     */
    static ForwardPass.Graph graph(
            Stage stage, @Nullable Tensor differentiated, @Nullable Tensor input, StepInputs in) {
        Scope scope = new Scope();
        try {
            if (stage instanceof LayerStage layer && in.writtenOut()) {
                Tensor[] all = layer.forward(
                        scope, Objects.requireNonNull(input), stage.weights().slots(), in);
                Tensor[] kept = Arrays.copyOfRange(all, 1, all.length);
                return new ForwardPass.Graph(scope, differentiated, new Tensor[0], all[0], kept);
            }
            Tensor leaf = differentiated == null ? null : Tensors.leaf(scope, differentiated);
            Tensor[] slots = stage.weights().leafSlots(scope);
            Tensor y;
            try (GradMode on = GradMode.enable()) {
                y = stage.compute(scope, leaf != null ? leaf : input, slots, in);
            }
            return new ForwardPass.Graph(scope, leaf, stage.weights().trainedLeaves(slots), y, null);
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }
}
