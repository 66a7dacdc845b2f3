package dev.mpo.cli;

import dev.mpo.core.ConfigException;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.LoraSpec;
import dev.mpo.core.model.Recompute;
import dev.mpo.tools.bench.BenchPreset;
import dev.mpo.tools.plan.DeviceSpec;
import dev.mpo.tools.plan.PairShape;
import dev.mpo.tools.plan.Plan;
import dev.mpo.tools.plan.PlanSettings;
import dev.mpo.tools.plan.WeakScaling;
import dev.mpo.train.config.EngineSettings;
import dev.mpo.train.config.LoraSettings;
import dev.mpo.train.config.ParallelSettings;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.config.TrainSettings;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mpo plan}: what training a model needs, and the settings that fit the devices. */
@Command(
        name = "plan",
        description = "Estimates memory per device, arithmetic per pair and speed of training a model for every way to"
                + " spread it, and recommends the settings that fit. Computes from the architecture alone: no weights"
                + " are read. Settings given with --set are kept; the others are varied.")
final class PlanCommand implements Callable<Integer> {

    private static final String ALL = "all";
    private static final double GIB = 1L << 30;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            required = true,
            description =
                    "Checkpoint folder (only config.json is read), a published model such as InternVL2_5-8B or 8B,"
                            + " a preset of bench (nano, micro, 1b), or all for every published model.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private String model;

    @Option(names = "--devices", paramLabel = "N", defaultValue = "1", description = "Number of devices.")
    private int devices;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "h100", description = "h100, h200, or cpu.")
    @SuppressWarnings("NullAway.Init") // picocli sets the default
    private String device;

    @Option(
            names = "--device-memory",
            paramLabel = "GIB",
            description = "Usable memory of a device in GiB, in place of the device's own.")
    private @Nullable Double memory;

    @Option(
            names = "--device-tflops",
            paramLabel = "T",
            description = "TFLOP/s that training achieves on a device, in place of the device's own (400 for h100).")
    private @Nullable Double teraflops;

    @Option(names = "--tiles", paramLabel = "N", defaultValue = "7", description = "Tiles of a typical pair.")
    private int tiles;

    @Option(
            names = "--question-tokens",
            paramLabel = "N",
            defaultValue = "80",
            description = "Tokens of its question, without the visual tokens and the " + PairShape.TEMPLATE_TOKENS
                    + " of the template.")
    private int questionTokens;

    @Option(names = "--answer-tokens", paramLabel = "N", defaultValue = "250", description = "Tokens of each answer.")
    private int answerTokens;

    @Option(
            names = "--pairs-per-step",
            paramLabel = "N",
            defaultValue = "256",
            description = "Pairs of an optimizer step on all devices.")
    private int pairsPerStep;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML or JSON file with settings to plan with. Can be repeated.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting of train that is decided, such as train.recompute=full. Can be repeated.")
    private List<String> sets = new ArrayList<>();

    @Option(names = "--show", paramLabel = "N", defaultValue = "10", description = "Rows of the table.")
    private int rows;

    @Option(
            names = "--scaling",
            description = "Print how the speed grows from 1 to 512 devices with as much work for each as"
                    + " --pairs-per-step gives to one of --devices.")
    private boolean scaling;

    @Override
    public Integer call() {
        if (devices < 1 || tiles < 0 || questionTokens < 1 || answerTokens < 1 || pairsPerStep < 1) {
            throw new ConfigException("--devices, --question-tokens, --answer-tokens and --pairs-per-step: expected at"
                    + " least 1, and --tiles at least 0");
        }
        PrintWriter out = spec.commandLine().getOut();
        boolean json = Mpo.of(spec.commandLine()).json();
        if (scaling) {
            printScaling(out, json);
        } else if (model.equals(ALL)) {
            printAll(out, json);
        } else if (json) {
            JsonOutput.print(out, PlanText.json(model, devices, plan(config(model))));
        } else {
            out.print(PlanText.of(model, devices, plan(config(model)), rows));
        }
        out.flush();
        return ExitCodes.OK;
    }

    private void printAll(PrintWriter out, boolean json) {
        List<Object> all = new ArrayList<>();
        for (String name : ModelConfig.publishedNames()) {
            Plan plan = plan(config(name));
            all.add(PlanText.json(name, devices, plan));
            out.print(json ? "" : PlanText.line(name, devices, plan));
        }
        if (json) {
            JsonOutput.print(out, Map.of("models", all));
        }
    }

    private void printScaling(PrintWriter out, boolean json) {
        List<Object> all = new ArrayList<>();
        for (String name : model.equals(ALL) ? ModelConfig.publishedNames() : List.of(model)) {
            Request request = request();
            WeakScaling curve =
                    WeakScaling.of(config(name), request.pair(), request.device(), request.base(), request.allowed());
            all.add(ScalingText.json(name, curve));
            out.print(json ? "" : ScalingText.of(name, curve));
        }
        if (json) {
            JsonOutput.print(out, Map.of("models", all));
        }
    }

    private static ModelConfig config(String name) {
        if (Files.isDirectory(Path.of(name))) {
            return ModelConfig.load(Path.of(name));
        }
        if (BenchPreset.NAMES.contains(name)) {
            return BenchPreset.of(name);
        }
        List<String> published = ModelConfig.publishedNames();
        return published.stream()
                .filter(known -> known.equalsIgnoreCase(name) || known.equalsIgnoreCase("InternVL2_5-" + name))
                .findFirst()
                .map(ModelConfig::published)
                .orElseThrow(() -> new ConfigException("--model: expected a checkpoint folder, one of " + published
                        + ", one of " + BenchPreset.NAMES + ", or all; got \"" + name + "\""));
    }

    private Plan plan(ModelConfig config) {
        Request request = request();
        return Plan.search(config, request.pair(), request.device(), request.base(), request.allowed());
    }

    /** What is planned, for whatever model. */
    private record Request(PairShape pair, DeviceSpec device, PlanSettings base, Predicate<PlanSettings> allowed) {}

    private Request request() {
        DeviceSpec target = DeviceSpec.named(device);
        target = memory == null ? target : target.withMemory(memory * GIB);
        target = teraflops == null ? target : target.withTeraflops(teraflops);
        RunConfig settings = RunConfig.load(files, sets);
        PlanSettings base = base(settings, target);
        Set<String> decided = sets.stream()
                .map(set -> set.substring(0, Math.max(0, set.indexOf('='))).trim())
                .collect(Collectors.toSet());
        return new Request(
                PairShape.of(tiles, questionTokens, answerTokens),
                target,
                base,
                choice -> allowed(choice, settings, decided));
    }

    private PlanSettings base(RunConfig settings, DeviceSpec target) {
        boolean narrow = settings.train().precision() == TrainSettings.Precision.AUTO
                ? target.narrow()
                : settings.train().precision() == TrainSettings.Precision.BF16;
        LoraSettings lora = settings.model().lora();
        LoraSpec adapters = lora.enabled()
                ? new LoraSpec(lora.rank(), lora.scale() * lora.rank(), Set.copyOf(lora.targets()))
                : LoraSpec.NONE;
        return PlanSettings.of(narrow)
                .withBranched(settings.engine().mode() == EngineSettings.Mode.BRANCHED)
                .withTrained(Set.copyOf(settings.model().freeze()), adapters)
                .withParallel(settings.parallel().shard(), offloads(settings), devices)
                .withPairs(settings.train().perDeviceBatchSize(), pairsPerStep);
    }

    private static boolean offloads(RunConfig settings) {
        return settings.parallel().offload() == ParallelSettings.Offload.OPTIMIZER;
    }

    /** Whether a combination agrees with what was given by {@code --set}. */
    private static boolean allowed(PlanSettings choice, RunConfig settings, Set<String> decided) {
        boolean sameShard = choice.shard() == settings.parallel().shard();
        boolean sameOffload = choice.offload() == offloads(settings);
        boolean sameReference = choice.reference() == settings.reference().mode();
        boolean addsAdapters =
                choice.lora().rank() > 0 && !settings.model().lora().enabled();
        boolean trainingDecided = decided.contains("model.lora.rank") || decided.contains("model.freeze");
        return (sameShard || !decided.contains("parallel.shard"))
                && (sameOffload || !decided.contains("parallel.offload"))
                && (sameReference || !decided.contains("reference.mode"))
                && (sameRecompute(choice, settings) || !decided.contains("train.recompute"))
                && !(addsAdapters && trainingDecided);
    }

    private static boolean sameRecompute(PlanSettings choice, RunConfig settings) {
        return switch (settings.train().recompute()) {
            case AUTO -> true;
            case NONE -> choice.recompute() == Recompute.NONE;
            case FULL -> choice.recompute() == Recompute.FULL;
        };
    }
}
