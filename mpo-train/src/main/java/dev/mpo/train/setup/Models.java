package dev.mpo.train.setup;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.ConfigException;
import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.LoraSpec;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.Part;
import dev.mpo.core.model.Sharding;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.train.config.LoraSettings;
import dev.mpo.train.config.ParallelSettings;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.optim.DecayRules;
import dev.mpo.train.ranks.Ranks;
import dev.mpo.train.ranks.SingleRank;
import dev.mpo.train.reference.AdapterReference;
import dev.mpo.train.reference.CopyReference;
import dev.mpo.train.shard.ParameterExchange;
import dev.mpo.train.step.ReferenceModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Loads the models that settings ask for. */
public final class Models {

    private Models() {}

    /**
     * Returns the folder of the policy.
     *
     * @throws ConfigException if the settings name none
     */
    public static Path policyPath(RunConfig settings) {
        String path = settings.model().path();
        if (path == null) {
            throw new ConfigException("no model: give --model DIR, or model.path in a configuration file");
        }
        return Path.of(path);
    }

    /** Loads the model that is trained, which the caller then owns. */
    static VisionLanguageModel trainedPolicy(RunConfig settings, ModelFolder folder, Ranks ranks) {
        ModelOptions options = ModelOptions.trained()
                .withFrozen(Set.copyOf(settings.model().freeze()))
                .withDecayed(DecayRules.of(settings.train().weightDecayGrouping()))
                .withSharding(sharding(settings, ranks));
        Placement placement = Placement.of(settings.train(), ranks.localRank());
        return load(settings, folder, options.on(placement.device(), placement.compute()));
    }

    private static Sharding sharding(RunConfig settings, Ranks ranks) {
        Sharding.Mode mode = Sharding.Mode.valueOf(settings.parallel().shard().name());
        boolean sumWhole = settings.train().gradientAccumulationSteps() > 1;
        return new Sharding(
                ranks.rank(),
                ranks.size(),
                mode,
                sumWhole,
                settings.parallel().offload() == ParallelSettings.Offload.OPTIMIZER);
    }

    /** Loads the policy for scoring alone, adapters included, which the caller then owns. */
    public static VisionLanguageModel frozenPolicy(RunConfig settings, ModelFolder folder) {
        return load(settings, folder, frozen(settings, Ranks.single()));
    }

    /** Loads the policy to be written again, in single precision in host memory; the caller then owns it. */
    static VisionLanguageModel exportedPolicy(RunConfig settings, ModelFolder folder) {
        return load(settings, folder, ModelOptions.frozen(Device.CPU, DType.FLOAT32));
    }

    private static VisionLanguageModel load(RunConfig settings, ModelFolder folder, ModelOptions options) {
        LoraSettings lora = settings.model().lora();
        LoraSpec adapters = lora.enabled()
                ? new LoraSpec(lora.rank(), lora.scale() * lora.rank(), Set.copyOf(lora.targets()))
                : LoraSpec.NONE;
        VisionLanguageModel policy = folder.load(options.withLora(adapters));
        try {
            LoraWeights.initialise(policy, lora, settings.train().seed());
            return policy;
        } catch (RuntimeException e) {
            policy.close();
            throw e;
        }
    }

    /** A frozen model is divided only with {@code parallel.shard=full}. */
    private static ModelOptions frozen(RunConfig settings, Ranks ranks) {
        Placement placement = Placement.of(settings.train(), ranks.localRank());
        ModelOptions options = ModelOptions.frozen(placement.device(), placement.compute());
        return settings.parallel().shard() == ParallelSettings.Shard.FULL
                ? options.withSharding(sharding(settings, ranks))
                : options;
    }

    /**
     * Returns the reference of a training run, which the caller then owns; the policy is borrowed.
     *
     * @throws ConfigException if the settings ask for the policy without its adapters and that model would not stay
     *     what it was
     */
    static ReferenceModel trainingReference(
            RunConfig settings,
            ModelFolder folder,
            VisionLanguageModel policy,
            Ranks ranks,
            ParameterExchange exchange) {
        return switch (settings.reference().mode()) {
            case COPY -> {
                String path = settings.reference().path();
                yield path == null
                        ? new CopyReference(secondCopy(settings, folder, policy, ranks, exchange))
                        : copy(settings, folder, Path.of(path), ranks, exchange);
            }
            case ADAPTER -> {
                requireFrozenBase(policy.options());
                yield new AdapterReference(policy);
            }
            case CACHED -> throw new IllegalStateException("cached log-probabilities come from ReferenceCaching");
        };
    }

    /** Loads the policy's own folder again; what the policy does not train of the image side is shared with it. */
    private static VisionLanguageModel secondCopy(
            RunConfig settings,
            ModelFolder folder,
            VisionLanguageModel policy,
            Ranks ranks,
            ParameterExchange exchange) {
        ModelOptions options = frozen(settings, ranks);
        VisionLanguageModel copy =
                policy.imagesFrozen() && policy.options().lora().parts().isEmpty()
                        ? folder.loadSharingImages(options, policy)
                        : folder.load(options);
        exchange.attach(copy);
        return copy;
    }

    /** Loads a frozen model from a folder as the reference of a policy; the caller then owns it. */
    public static ReferenceModel copy(RunConfig settings, ModelFolder policy, Path folder) {
        return copy(settings, policy, folder, Ranks.single(), new ParameterExchange(new SingleRank(Device.CPU)));
    }

    static ReferenceModel copy(
            RunConfig settings, ModelFolder policy, Path folder, Ranks ranks, ParameterExchange exchange) {
        try (ModelFolder other = ModelFolder.open(folder, settings.model().imageSize())) {
            requireSameTokens(policy, other);
            VisionLanguageModel model = other.load(frozen(settings, ranks));
            exchange.attach(model);
            return new CopyReference(model);
        }
    }

    /** A reference reads the very token ids and tiles of the policy, so these must mean the same to it. */
    private static void requireSameTokens(ModelFolder policy, ModelFolder reference) {
        String expected = tokens(policy);
        String found = tokens(reference);
        if (!expected.equals(found)) {
            throw new CheckpointException(reference.path() + ": expected a reference that reads what the policy reads, "
                    + expected + "; found " + found
                    + ". Name a reference of the same model family (--reference or reference.path)");
        }
        for (int id = 0; id < policy.tokenizer().vocabSize(); id++) {
            String token = policy.tokenizer().decode(new int[] {id});
            String other = reference.tokenizer().decode(new int[] {id});
            if (!token.equals(other)) {
                throw new CheckpointException(reference.path() + ": expected the vocabulary of the policy, where token "
                        + id + " is \"" + token + "\"; found \"" + other
                        + "\". Name a reference with the policy's tokenizer (--reference or reference.path)");
            }
        }
    }

    private static String tokens(ModelFolder folder) {
        ModelConfig config = folder.config();
        LanguageConfig language = config.language();
        String rotary = language.dynamicNtkFactor() == 0
                ? ""
                : ", rotary scaling " + language.dynamicNtkFactor() + " beyond " + language.maxPositionEmbeddings()
                        + " tokens";
        return folder.tokenizer().vocabSize() + " tokens of "
                + folder.tokenizer().family() + ", tiles of " + config.imageSize() + " pixels, "
                + config.imageTokensPerTile() + " image tokens per tile" + rotary;
    }

    private static void requireFrozenBase(ModelOptions options) {
        List<String> trained = Arrays.stream(Part.values())
                .filter(part ->
                        !options.frozen().contains(part) && !options.lora().adapts(part))
                .map(part -> part.name().toLowerCase(Locale.ROOT))
                .toList();
        if (!trained.isEmpty()) {
            List<String> frozen = Arrays.stream(Part.values())
                    .filter(part -> !options.lora().adapts(part))
                    .map(part -> part.name().toLowerCase(Locale.ROOT))
                    .toList();
            throw new ConfigException(
                    "reference.mode: adapter takes the policy without its adapters for the reference, so"
                            + " nothing else may be trained, but " + String.join(" and ", trained)
                            + " would be; set model.freeze="
                            + frozen + ", add adapters there (model.lora.targets), or set reference.mode=copy");
        }
    }
}
