package dev.mpo.core.model;

import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An InternVL-style model as a chain of stages: patch embedding, vision layers, projector, token embedding with the
 * image features merged in, decoder layers, and the scoring head.
 *
 * <p>{@link #score} computes log-probabilities alone. {@link #forward} also keeps what {@link #backward} needs, which
 * adds the gradients of all trained parameters to their sums. Gradients of frozen stages are never computed, nor
 * anything that only they would need.
 */
public final class VisionLanguageModel implements AutoCloseable {

    private final ModelConfig config;
    private final ModelOptions options;
    private final ModelParameters parameters;
    private final Scope scope = new Scope();
    private final List<Stage> visionStages;
    private final TokenEmbeddingStage tokenStage;
    private final List<Stage> decoderStages;
    private final ScoringHead head;
    private final StageTimer timer;
    private final @Nullable VisionLanguageModel imageLender;
    private final LastImages lastImages = new LastImages();
    private StageHooks hooks = StageHooks.NONE;
    private boolean lendsImages;

    /** Allocates a model whose parameters are all zero; load or draw them before use. */
    public static VisionLanguageModel create(ModelConfig config, ModelOptions options) {
        return new VisionLanguageModel(config, options, null);
    }

    /**
     * Allocates a model that takes vision tower and projector, and the image features of a batch that both score, from
     * another model of the same architecture that does not train them. The lender must outlive it.
     *
     * @throws IllegalArgumentException if the lender trains them
     */
    public static VisionLanguageModel createSharingImages(
            ModelConfig config, ModelOptions options, VisionLanguageModel lender) {
        if (!lender.imagesFrozen()) {
            throw new IllegalArgumentException("a trained vision tower cannot be shared");
        }
        lender.lendsImages = true;
        return new VisionLanguageModel(config, options, lender);
    }

    private VisionLanguageModel(ModelConfig config, ModelOptions options, @Nullable VisionLanguageModel imageLender) {
        this.config = config;
        this.options = options;
        this.imageLender = imageLender;
        this.timer = new StageTimer(options.device());
        this.parameters =
                ModelParameters.allocate(config, options, imageLender == null ? null : imageLender.parameters);
        Tensor absent = Tensors.zeros(scope, options.device(), options.compute(), 0);
        this.visionStages = visionStages(absent);
        this.tokenStage =
                new TokenEmbeddingStage(weights(ModelLayout.LANGUAGE_EMBEDDINGS, SlotPlan.TOKEN_EMBEDDINGS, absent));
        this.decoderStages = decoderStages(absent);
        this.head = head(absent);
    }

    private StageWeights weights(String stage, SlotPlan plan, Tensor absent) {
        return StageWeights.of(plan, parameters.stage(stage), absent);
    }

    private List<Stage> visionStages(Tensor absent) {
        List<Stage> stages = new ArrayList<>();
        stages.add(new VisionEmbeddingStage(
                weights(ModelLayout.VISION_EMBEDDINGS, SlotPlan.VISION_EMBEDDINGS, absent), options.compute()));
        for (int i = 0; i < ModelParameters.numVisionLayersUsed(config); i++) {
            StageWeights weights = weights(ModelLayout.VISION_LAYERS + i, SlotPlan.VISION_LAYER, absent);
            stages.add(new VisionLayerStage(
                    i, weights, config.vision(), options.lora().scale()));
        }
        stages.add(new ProjectorStage(
                weights(ModelLayout.PROJECTOR, SlotPlan.PROJECTOR, absent),
                config.downsampleRatio(),
                config.pixelShuffleVersion()));
        return stages;
    }

    private List<Stage> decoderStages(Tensor absent) {
        LanguageConfig language = config.language();
        SlotPlan plan =
                language.family().layer().packedProjections() ? SlotPlan.PACKED_DECODER_LAYER : SlotPlan.DECODER_LAYER;
        List<Stage> stages = new ArrayList<>();
        for (int i = 0; i < language.numLayers(); i++) {
            StageWeights weights = weights(ModelLayout.LANGUAGE_LAYERS + i, plan, absent);
            boolean last = i == language.numLayers() - 1;
            stages.add(new DecoderLayerStage(
                    i, weights, language, last, options.lora().scale()));
        }
        return stages;
    }

    private ScoringHead head(Tensor absent) {
        StageWeights weights = weights(ModelLayout.LANGUAGE_HEAD, SlotPlan.HEAD, absent);
        boolean tied = config.language().tieWordEmbeddings();
        ParameterBuffer owner = parameters
                .stage(tied ? ModelLayout.LANGUAGE_EMBEDDINGS : ModelLayout.LANGUAGE_HEAD)
                .get(0);
        int index = tied ? 0 : owner.specs().get(0).name().equals("head.weight") ? 0 : 1;
        ScoringHead.Matrix matrix = new ScoringHead.Matrix(owner, index, absent);
        return new ScoringHead(weights, matrix, config.language().rmsNormEps(), options.maxLogits());
    }

    /** Returns the architecture. */
    public ModelConfig config() {
        return config;
    }

    /** Returns the placement and what is trained. */
    public ModelOptions options() {
        return options;
    }

    /**
     * Has every use of a stage's parameters announced from now on. What the model lends to another is announced to the
     * lender's hooks.
     */
    public void setHooks(StageHooks observer) {
        hooks = observer;
    }

    /**
     * Returns the buffers of each stage in the order in which a pass announces them, vision stages first, the scoring
     * head last.
     */
    public List<List<ParameterBuffer>> stages() {
        List<List<ParameterBuffer>> all = new ArrayList<>();
        visionStages.forEach(stage -> all.add(stage.weights().buffers()));
        all.add(tokenStage.weights().buffers());
        decoderStages.forEach(stage -> all.add(stage.weights().buffers()));
        all.add(head.buffers());
        return all;
    }

    /** Returns where the model lives. */
    public Device device() {
        return options.device();
    }

    /** Returns the wall time by kind of work. */
    public StageTimer timer() {
        return timer;
    }

    /** Returns the parameters; they belong to this model. */
    public ModelParameters parameters() {
        return parameters;
    }

    /** Computes the log-probability of each scored label, [M], without keeping anything. */
    public double[] score(PackedBatch batch) {
        try (Scope pass = new Scope()) {
            return scored(pass, inputs(pass, batch, DropPath.NONE, true));
        }
    }

    /** Does what {@link #score} does as if the model had no adapters. */
    public double[] scoreWithoutAdapters(PackedBatch batch) {
        try (Scope pass = new Scope()) {
            return scored(pass, inputs(pass, batch, DropPath.NONE, false));
        }
    }

    private double[] scored(Scope pass, StepInputs in) {
        Tensor x = decode(pass, in);
        long started = System.nanoTime();
        hooks.beforeForward(head.buffers());
        double[] logps = head.score(pass, x, in, false).logps();
        hooks.afterForward(head.buffers());
        timer.add(StageTimer.Work.SCORING, started);
        return logps;
    }

    /** Computes the logits at each scored row, [M, V], owned by {@code owner}. */
    public Tensor logits(Scope owner, PackedBatch batch) {
        try (Scope pass = new Scope()) {
            StepInputs in = inputs(pass, batch, DropPath.NONE, true);
            Tensor x = decode(pass, in);
            hooks.beforeForward(head.buffers());
            Tensor logits = head.logits(pass, x, in).moveTo(owner);
            hooks.afterForward(head.buffers());
            return logits;
        }
    }

    /** Returns the last layer's output for the rows that it computes. */
    private Tensor decode(Scope pass, StepInputs in) {
        Tensor x = tokens(pass, encode(pass, in), in);
        for (Stage stage : decoderStages) {
            x = advance(pass, stage, x, in);
        }
        return x;
    }

    /** Returns the input of the decoder layers: token embeddings with the image features in their places, [T, D]. */
    Tensor embed(Scope pass, StepInputs in) {
        return embed(pass, encode(pass, in), in);
    }

    /** Returns what {@link #embed(Scope, StepInputs)} returns, of image features that are known already. */
    Tensor embed(Scope pass, @Nullable Tensor features, StepInputs in) {
        return tokens(pass, features, in);
    }

    StepInputs inputs(Scope owner, PackedBatch batch) {
        return inputs(owner, batch, DropPath.NONE, true);
    }

    List<Stage> visionStages() {
        return visionStages;
    }

    List<Stage> decoderStages() {
        return decoderStages;
    }

    TokenEmbeddingStage tokenStage() {
        return tokenStage;
    }

    ScoringHead head() {
        return head;
    }

    /** Computes the image features of a batch, [numTiles x tokens per tile, language width], owned by {@code scope}. */
    public Tensor encodeImages(Scope owner, PackedBatch batch) {
        try (Scope pass = new Scope()) {
            Tensor features = encode(pass, inputs(pass, batch, DropPath.NONE, true));
            if (features == null) {
                throw new IllegalArgumentException("the batch has no images");
            }
            return features.moveTo(owner);
        }
    }

    private StepInputs inputs(Scope owner, PackedBatch batch, DropPath dropPath, boolean adapters) {
        AttentionPlan.Kernel kernel = AttentionPlan.Kernel.of(options.device(), options.compute(), config);
        return new StepInputs(
                owner, batch, config.language(), dropPath, adapters, kernel, options.device(), options.compute());
    }

    /** Returns whether neither vision tower nor projector is trained, adapters included. */
    public boolean imagesFrozen() {
        return visionStages.stream().noneMatch(stage -> stage.weights().trained());
    }

    private @Nullable Tensor encode(Scope pass, StepInputs in) {
        boolean images = in.batch().numTiles() > 0;
        if (!images) {
            if (hooks.anyImages(false)) {
                announceVision(in.batch());
            }
            return null;
        }
        hooks.anyImages(true);
        if (imageLender != null) {
            return imageLender.lentImages(pass, in);
        }
        return lendsImages ? lentImages(pass, in) : runVision(pass, in);
    }

    /** Does for a batch without images what computing those of another process would announce. */
    private void announceVision(PackedBatch batch) {
        if (imageLender != null) {
            imageLender.announceVision(batch);
        } else if (!lendsImages || lastImages.isNew(batch)) {
            for (Stage stage : visionStages) {
                hooks.beforeForward(stage.weights().buffers());
                hooks.afterForward(stage.weights().buffers());
            }
        }
    }

    /** Returns an alias of the features of a batch, which are computed when first asked for. */
    private Tensor lentImages(Scope pass, StepInputs in) {
        return lastImages.of(pass, in.batch(), owner -> runVision(owner, in));
    }

    private Tensor runVision(Scope pass, StepInputs in) {
        Tensor x = null;
        for (Stage stage : visionStages) {
            x = advance(pass, stage, x, in);
        }
        return Objects.requireNonNull(x);
    }

    private Tensor tokens(Scope pass, @Nullable Tensor features, StepInputs in) {
        List<ParameterBuffer> buffers = tokenStage.weights().buffers();
        hooks.beforeForward(buffers);
        Tensor x = tokenStage.compute(pass, features, tokenStage.weights().slots(), in);
        hooks.afterForward(buffers);
        return x;
    }

    /** Computes a stage without autograd and frees its input. */
    private Tensor advance(Scope pass, Stage stage, @Nullable Tensor x, StepInputs in) {
        long started = System.nanoTime();
        StageWeights weights = stage.weights();
        hooks.beforeForward(weights.buffers());
        Tensor y = stage.compute(pass, x, in.adapters() ? weights.slots() : weights.slotsWithoutAdapters(), in);
        hooks.afterForward(weights.buffers());
        timer.add(StageTimer.forward(stage), started);
        if (x != null) {
            x.close();
        }
        return y;
    }

    /**
     * Computes log-probabilities and keeps what the backward pass needs.
     *
     * @param batch the micro-batch
     * @param recompute what to keep
     * @param keepLogits whether to keep the logits of all scored positions instead of computing them again
     * @param dropPath which residual branches of the vision tower to drop
     */
    public ForwardPass forward(PackedBatch batch, Recompute recompute, boolean keepLogits, DropPath dropPath) {
        Scope shared = new Scope();
        StepInputs in = inputs(shared, batch, dropPath, true);
        ForwardPass pass = new ForwardPass(in, recompute, in.ids());
        shared.moveAllTo(pass.scope);
        try {
            Recorder recorder = new Recorder(pass, recompute, timer, hooks);
            Tensor features = imagesFrozen() ? encode(pass.scope, in) : recordVision(recorder, pass);
            Tensor x = recorder.run(tokenStage, features);
            pass.output = recorder.runAll(decoderStages, x);
            long started = System.nanoTime();
            hooks.beforeForward(head.buffers());
            pass.scores = head.score(pass.scope, pass.output, in, keepLogits);
            hooks.afterForward(head.buffers());
            timer.add(StageTimer.Work.SCORING, started);
            return pass;
        } catch (RuntimeException e) {
            pass.close();
            throw e;
        }
    }

    private @Nullable Tensor recordVision(Recorder recorder, ForwardPass pass) {
        boolean images = pass.inputs.batch().numTiles() > 0;
        if (images) {
            hooks.anyImages(true);
            return recorder.runAll(visionStages, null);
        }
        if (hooks.anyImages(false)) {
            recorder.announceAll(visionStages);
        }
        return null;
    }

    /**
     * Adds the gradients of {@code sum(coefficients x logps)} to the sums of the trained parameters and frees the
     * activations of the pass as it goes.
     *
     * @param coefficients derivative of the loss by each log-probability of the pass, [M]
     */
    public void backward(ForwardPass pass, double[] coefficients) {
        new BackwardPass(pass, tokenStage, head, options.device(), timer, hooks).run(coefficients);
        hooks.endBackward();
    }

    /** Frees the parameters. */
    @Override
    public void close() {
        lastImages.close();
        scope.close();
        parameters.close();
    }
}
