package dev.mpo.train.setup;

import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.loss.MixedPreferenceLoss;
import dev.mpo.core.model.DropPath;
import dev.mpo.core.model.Part;
import dev.mpo.core.model.RotaryScaling;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.Device;
import dev.mpo.train.config.EngineSettings;
import dev.mpo.train.config.ParallelSettings;
import dev.mpo.train.config.ReferenceSettings;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.config.TrainSettings;
import dev.mpo.train.optim.AdamW;
import dev.mpo.train.ranks.Collectives;
import dev.mpo.train.ranks.Ranks;
import dev.mpo.train.ranks.SingleRank;
import dev.mpo.train.shard.ParameterExchange;
import dev.mpo.train.step.BatchPacker;
import dev.mpo.train.step.BranchedPacker;
import dev.mpo.train.step.MpoTrainStep;
import dev.mpo.train.step.PlainPacker;
import dev.mpo.train.step.RecomputeChoice;
import dev.mpo.train.step.ReferenceModel;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The parts of a training run, built from its settings. Closing it frees models, moments and data. */
public final class Training implements AutoCloseable {

    private final RunConfig settings;
    private final ModelFolder folder;
    private final PairData data;
    private final VisionLanguageModel policy;
    private final ReferenceModel reference;
    private final MixedPreferenceLoss loss;
    private final AdamW optimizer;
    private final Collectives collectives;
    private final ParameterExchange exchange;

    private Training(RunConfig settings, ModelFolder folder, PairData data, Pair models, Sharing sharing) {
        this.settings = settings;
        this.folder = folder;
        this.data = data;
        this.policy = models.policy;
        this.reference = models.reference;
        this.loss = settings.loss().createLoss();
        TrainSettings train = settings.train();
        this.optimizer = new AdamW(
                new AdamW.Settings(train.adamBeta1(), train.adamBeta2(), train.adamEpsilon(), train.weightDecay()),
                policy.parameters().trained(),
                sharing.exchange);
        this.collectives = sharing.collectives;
        this.exchange = sharing.exchange;
    }

    /** What connects this process with the others. */
    private record Sharing(Collectives collectives, ParameterExchange exchange) {}

    private record Pair(VisionLanguageModel policy, ReferenceModel reference) {}

    /** Opens data and models; with {@code reference.mode=cached} only if {@code reference.cache} names a folder. */
    public static Training open(RunConfig settings) {
        return open(settings, null, new SingleRank(Device.CPU), (done, total) -> {});
    }

    /**
     * Opens data and models. With {@code reference.mode=cached} it first computes the reference's log-probabilities of
     * all pairs of the run, as far as they are not known.
     *
     * @param runFolder where they are kept unless {@code reference.cache} says otherwise
     * @param collectives connect this process with the others of the run; borrowed
     * @param progress watches that computation
     */
    public static Training open(
            RunConfig settings, @Nullable Path runFolder, Collectives collectives, ReferenceProgress progress) {
        Sharing sharing = new Sharing(collectives, new ParameterExchange(collectives));
        ModelFolder folder =
                ModelFolder.open(Models.policyPath(settings), settings.model().imageSize());
        PairData data = null;
        try {
            data = PairData.open(settings, folder.config(), folder.tokenizer());
            Pair models = models(settings, folder, data, runFolder, sharing, progress);
            return new Training(settings, folder, data, models, sharing);
        } catch (RuntimeException e) {
            if (data != null) {
                data.close();
            }
            folder.close();
            throw e;
        }
    }

    private static Pair models(
            RunConfig settings,
            ModelFolder folder,
            PairData data,
            @Nullable Path runFolder,
            Sharing sharing,
            ReferenceProgress progress) {
        Ranks ranks = sharing.collectives.ranks();
        if (settings.reference().mode() == ReferenceSettings.Mode.CACHED) {
            try (ReferenceCaching caching = ReferenceCaching.open(
                    settings, folder, data, runFolder, sharing.collectives, sharing.exchange, progress)) {
                return cached(settings, folder, caching, ranks, sharing.exchange);
            }
        }
        VisionLanguageModel policy = policy(settings, folder, ranks, sharing.exchange);
        try {
            return new Pair(policy, Models.trainingReference(settings, folder, policy, ranks, sharing.exchange));
        } catch (RuntimeException e) {
            policy.close();
            throw e;
        }
    }

    /** Loads one model after the other: the reference is gone before the policy comes, or is the policy itself. */
    private static Pair cached(
            RunConfig settings, ModelFolder folder, ReferenceCaching caching, Ranks ranks, ParameterExchange exchange) {
        caching.computeFromOwnFolder();
        VisionLanguageModel policy = policy(settings, folder, ranks, exchange);
        try {
            caching.computeFrom(policy);
            return new Pair(policy, caching.reference());
        } catch (RuntimeException e) {
            policy.close();
            throw e;
        }
    }

    private static VisionLanguageModel policy(
            RunConfig settings, ModelFolder folder, Ranks ranks, ParameterExchange exchange) {
        VisionLanguageModel policy = Models.trainedPolicy(settings, folder, ranks);
        exchange.attach(policy);
        exchange.publish(policy.parameters().buffers());
        return policy;
    }

    /** Creates the step that a micro-batch goes through. */
    public MpoTrainStep step() {
        boolean plain = settings.engine().mode() == EngineSettings.Mode.PLAIN;
        return new MpoTrainStep(policy, reference, loss, packer(settings, folder, data), recompute(), plain);
    }

    private RecomputeChoice recompute() {
        return switch (settings.train().recompute()) {
            case NONE -> RecomputeChoice.always(dev.mpo.core.model.Recompute.NONE);
            case FULL -> RecomputeChoice.always(dev.mpo.core.model.Recompute.FULL);
            // Gathered weights would stay in the graphs of all stages, which is what this mode is there to avoid.
            case AUTO ->
                settings.parallel().shard() == ParallelSettings.Shard.FULL
                        ? RecomputeChoice.always(dev.mpo.core.model.Recompute.FULL)
                        : RecomputeChoice.byFreeMemory(
                                folder.config(),
                                policy.options().device(),
                                policy.options().compute());
        };
    }

    /** Returns the layout that the settings ask for. */
    public static BatchPacker packer(RunConfig settings, ModelFolder folder, PairData data) {
        if (settings.engine().mode() == EngineSettings.Mode.PLAIN) {
            return new PlainPacker(data.imageTokenId());
        }
        LanguageConfig language = folder.config().language();
        return new BranchedPacker(
                data.imageTokenId(), (chosen, rejected) -> RotaryScaling.differs(language, chosen, rejected));
    }

    /** Returns which paths to drop in a micro-batch; none if the vision tower is not trained. */
    public DropPath dropPath(long microBatch) {
        boolean visionTrained = !settings.model().freeze().contains(Part.VISION);
        double rate = visionTrained ? settings.model().dropPathRate() : 0;
        long seed = settings.train().seed() * 0x9E3779B97F4A7C15L + microBatch;
        return new DropPath(rate, folder.config().vision().numLayers(), seed);
    }

    /** Returns the data. */
    public PairData data() {
        return data;
    }

    /** Returns the loss, with the running reward shift. */
    public MixedPreferenceLoss loss() {
        return loss;
    }

    /** Returns the optimizer. */
    public AdamW optimizer() {
        return optimizer;
    }

    /** Returns what connects this process with the others of the run. */
    public Collectives collectives() {
        return collectives;
    }

    /** Returns what moves weights and gradients between the ranks. */
    public ParameterExchange exchange() {
        return exchange;
    }

    /** Returns the model that is trained. */
    public VisionLanguageModel policy() {
        return policy;
    }

    /** Returns the folder that the policy came from. */
    public ModelFolder folder() {
        return folder;
    }

    /** Writes the trained model in the layout of the folder that it came from, adapters merged. */
    public void export(Path target) {
        LoraWeights.merge(policy);
        folder.export(policy, Objects.requireNonNull(target));
    }

    @Override
    public void close() {
        optimizer.close();
        reference.close();
        policy.close();
        data.close();
        folder.close();
    }
}
