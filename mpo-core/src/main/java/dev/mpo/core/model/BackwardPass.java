package dev.mpo.core.model;

import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Goes back through the recorded stages, from the scoring head to the lowest trained stage. */
final class BackwardPass {

    private final ForwardPass pass;
    private final TokenEmbeddingStage tokenStage;
    private final ScoringHead head;
    private final Device device;
    private final StageTimer timer;
    private final StageHooks hooks;

    BackwardPass(
            ForwardPass pass,
            TokenEmbeddingStage tokenStage,
            ScoringHead head,
            Device device,
            StageTimer timer,
            StageHooks hooks) {
        this.pass = pass;
        this.tokenStage = tokenStage;
        this.head = head;
        this.device = device;
        this.timer = timer;
        this.hooks = hooks;
    }

    void run(double[] coefficients) {
        List<ForwardPass.Recorded> records = pass.records;
        if (records.isEmpty() && !head.trained()) {
            return;
        }
        long started = System.nanoTime();
        hooks.beforeBackward(head.buffers(), true);
        Tensor gradient = head.backward(
                pass.scope, pass.output, Objects.requireNonNull(pass.scores), coefficients, pass.inputs, device);
        hooks.afterBackward(head.buffers(), true);
        timer.add(StageTimer.Work.SCORING_BACKWARD, started);
        while (!records.isEmpty()) {
            ForwardPass.Recorded record = records.remove(records.size() - 1);
            boolean lowest =
                    records.isEmpty() || records.get(records.size() - 1).announced();
            long stageStarted = System.nanoTime();
            boolean weights = readsWeights(record.stage());
            List<ParameterBuffer> buffers = record.stage().weights().buffers();
            hooks.beforeBackward(buffers, weights);
            if (!record.announced()) {
                Tensor next = record.stage() == tokenStage
                        ? throughTokens(gradient, lowest)
                        : through(record, gradient, lowest);
                gradient.close();
                gradient = next == null ? gradient : next;
            }
            hooks.afterBackward(buffers, weights);
            timer.add(StageTimer.backward(record.stage()), stageStarted);
        }
    }

    /** A graph of autograd holds its weights; a computation that is repeated, or written out, asks for them. */
    private boolean readsWeights(Stage stage) {
        boolean writtenOut = stage instanceof LayerStage && pass.inputs.writtenOut();
        return stage != tokenStage && (pass.recompute == Recompute.FULL || writtenOut);
    }

    private @Nullable Tensor throughTokens(Tensor gradient, boolean lowest) {
        tokenStage.accumulate(gradient, pass.inputs);
        return lowest ? null : tokenStage.featureGradient(pass.scope, gradient, pass.inputs);
    }

    private @Nullable Tensor through(ForwardPass.Recorded record, Tensor gradient, boolean lowest) {
        Tensor input = record.input();
        ForwardPass.Graph graph = record.graph();
        if (graph == null) {
            graph = Recorder.graph(record.stage(), lowest ? null : input, input, pass.inputs);
        }
        try (Scope done = graph.scope()) {
            Tensor leaf = graph.inputLeaf();
            if (graph.kept() != null) {
                return ((LayerStage) record.stage())
                        .backward(
                                pass.scope,
                                gradient,
                                Objects.requireNonNull(input),
                                graph.kept(),
                                pass.inputs,
                                leaf != null);
            }
            Tensor[] inputs = leaf == null ? new Tensor[0] : new Tensor[] {leaf};
            Tensor[] out = Tensors.accumulate(
                    pass.scope,
                    graph.output(),
                    gradient,
                    inputs,
                    graph.parameterLeaves(),
                    record.stage().weights().gradients());
            return out.length == 0 ? null : out[0];
        } finally {
            if (input != null) {
                input.close();
            }
        }
    }
}
