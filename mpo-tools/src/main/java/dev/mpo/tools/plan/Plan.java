package dev.mpo.tools.plan;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.LoraSpec;
import dev.mpo.core.model.Part;
import dev.mpo.core.model.Recompute;
import dev.mpo.train.config.ParallelSettings.Shard;
import dev.mpo.train.config.ReferenceSettings.Mode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Estimates for the ways to train a model on some devices, fastest first among those that fit.
 *
 * @param parameters number of parameters of the model
 * @param pair the typical pair
 * @param device the device
 * @param choices all ways that were considered: those that fit, full training before adapters, then fastest first; then
 *     the others, smallest first
 */
public record Plan(long parameters, PairShape pair, DeviceSpec device, List<Choice> choices) {

    private static final int LORA_RANK = 16;
    private static final double USABLE = 0.95;

    /** Copies the list. */
    public Plan {
        choices = List.copyOf(choices);
    }

    /**
     * One way to train.
     *
     * @param settings the settings
     * @param flops operations of one pair
     * @param memory memory per device
     * @param pairsPerSecond estimated speed of all devices together
     * @param fits whether the peak leaves a margin of the device's memory: 5 %
     */
    public record Choice(
            PlanSettings settings, PairFlops flops, MemoryUse memory, double pairsPerSecond, boolean fits) {

        /** Returns the settings in the words of a run's configuration, to be given with {@code --set}. */
        public List<String> asSettings() {
            List<String> lines = new ArrayList<>();
            lines.add("parallel.shard=" + lower(settings.shard()));
            lines.add("parallel.offload=" + (settings.offload() ? "optimizer" : "none"));
            lines.add("train.recompute=" + lower(settings.recompute()));
            lines.add("reference.mode=" + lower(settings.reference()));
            lines.add("train.per_device_batch_size=" + settings.batchSize());
            lines.add("train.precision=" + (settings.narrow() ? "bf16" : "fp32"));
            LoraSpec lora = settings.lora();
            if (!settings.frozen().isEmpty()) {
                lines.add("model.freeze=" + parts(settings.frozen()));
            }
            if (lora.rank() > 0) {
                lines.add("model.lora.rank=" + lora.rank());
                lines.add("model.lora.targets=" + parts(lora.parts()));
            }
            return lines;
        }

        private static String parts(Set<Part> parts) {
            return parts.stream()
                    .sorted()
                    .map(part -> '"' + lower(part) + '"')
                    .toList()
                    .toString();
        }

        private static String lower(Enum<?> value) {
            return value.name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Considers every combination of shard, offload, recomputation, reference and adapters that is allowed.
     *
     * @param base what is not varied: layout, frozen parts, precision, devices, pairs; and the adapters, if it has any
     * @param allowed which combinations to consider
     */
    public static Plan search(
            ModelConfig config, PairShape pair, DeviceSpec device, PlanSettings base, Predicate<PlanSettings> allowed) {
        MemoryModel memory = new MemoryModel(config, device.calibration());
        FlopModel flops = new FlopModel(config);
        TimeModel time = new TimeModel(memory, device);
        List<Choice> choices = new ArrayList<>();
        for (PlanSettings settings : candidates(base)) {
            if (allowed.test(settings)) {
                PairFlops work = flops.of(pair, settings);
                MemoryUse use = memory.of(pair, settings);
                boolean fits = use.peak() <= USABLE * device.memoryBytes();
                choices.add(new Choice(settings, work, use, time.pairsPerSecond(work, settings), fits));
            }
        }
        choices.sort(order());
        return new Plan(memory.numParameters(base.withTrained(Set.of(), LoraSpec.NONE)), pair, device, choices);
    }

    /** What fits comes first; among that, full training, then speed, then the least machinery. */
    private static Comparator<Choice> order() {
        Comparator<Choice> fitting = Comparator.comparing((Choice c) -> !c.fits());
        Comparator<Choice> rank = Comparator.comparingDouble(c -> {
            if (!c.fits()) {
                return c.memory().peak();
            }
            return c.settings().lora().rank() > 0 ? 1 : 0;
        });
        return fitting.thenComparing(rank)
                .thenComparing(c -> -c.pairsPerSecond())
                .thenComparing(c -> c.settings().offload())
                .thenComparing(c -> c.settings().shard())
                .thenComparing(c -> c.memory().peak());
    }

    private static List<PlanSettings> candidates(PlanSettings base) {
        List<PlanSettings> all = new ArrayList<>();
        for (PlanSettings trained : trainings(base)) {
            for (Shard shard : base.devices() > 1 ? Shard.values() : new Shard[] {Shard.NONE}) {
                for (boolean offload : new boolean[] {false, true}) {
                    for (Recompute recompute : Recompute.values()) {
                        for (Mode mode : references(trained)) {
                            all.add(trained.withParallel(shard, offload, base.devices())
                                    .withRecompute(recompute)
                                    .withReference(mode));
                        }
                    }
                }
            }
        }
        return all;
    }

    /** Full training and adapters of the language model; only the adapters that the caller has, if any. */
    private static List<PlanSettings> trainings(PlanSettings base) {
        if (base.lora().rank() > 0) {
            return List.of(base);
        }
        LoraSpec adapters = new LoraSpec(LORA_RANK, 2.0 * LORA_RANK, Set.of(Part.LANGUAGE));
        return List.of(base, base.withTrained(Set.of(Part.VISION, Part.PROJECTOR), adapters));
    }

    /** The policy without its adapters is a reference only if nothing but adapters is trained. */
    private static List<Mode> references(PlanSettings settings) {
        boolean onlyAdapters =
                settings.lora().rank() > 0 && List.of(Part.values()).stream().noneMatch(settings::trains);
        return onlyAdapters ? List.of(Mode.COPY, Mode.CACHED, Mode.ADAPTER) : List.of(Mode.COPY, Mode.CACHED);
    }

    /** Returns the first choice, if any fits. */
    public Optional<Choice> recommended() {
        return choices.stream().filter(Choice::fits).findFirst();
    }
}
