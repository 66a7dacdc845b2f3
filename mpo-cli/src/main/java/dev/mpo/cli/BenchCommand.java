package dev.mpo.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.mpo.core.ConfigException;
import dev.mpo.core.model.Recompute;
import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.tools.bench.BenchOptions;
import dev.mpo.tools.bench.BenchPreset;
import dev.mpo.tools.bench.BenchReport;
import dev.mpo.tools.bench.BenchVariant;
import dev.mpo.tools.bench.EngineBench;
import dev.mpo.tools.bench.IsolatedPeak;
import dev.mpo.tools.bench.PairShape;
import dev.mpo.train.metrics.ProcessMemory;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mpo bench}: how fast one pair is trained, variant against variant. */
@Command(
        name = "bench",
        subcommands = {BenchGenerateCommand.class, BenchSoakCommand.class},
        description = {
            "Measures training steps on random weights and synthetic pairs, variants interleaved in one process.",
            "Ratios of variants mean something on any machine; absolute times only on an idle one."
        })
final class BenchCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            defaultValue = "micro",
            description = "nano, micro, or a published size: 1b, 2b, 4b, 8b.")
    private String preset = "micro";

    @Option(names = "--tiles", paramLabel = "N", defaultValue = "7", description = "Tiles of a pair's images.")
    private int tiles;

    @Option(
            names = "--prompt-tokens",
            paramLabel = "N",
            defaultValue = "80",
            description = "Tokens before the answers, visual tokens not counted.")
    private int promptTokens;

    @Option(names = "--answer-tokens", paramLabel = "N", defaultValue = "250", description = "Tokens of each answer.")
    private int answerTokens;

    @Option(names = "--batch-size", paramLabel = "N", defaultValue = "1", description = "Pairs per micro-batch.")
    private int batchSize;

    @Option(names = "--repetitions", paramLabel = "N", defaultValue = "5", description = "Measured rounds.")
    private int repetitions;

    @Option(names = "--warmup", paramLabel = "N", defaultValue = "1", description = "Rounds before these.")
    private int warmup;

    @Option(
            names = "--recompute",
            split = ",",
            paramLabel = "MODE",
            defaultValue = "none",
            description = "none, full, or both separated by a comma.")
    private List<Recompute> recompute = List.of();

    @Option(
            names = "--variants",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Only these variants, as the report names them; the first is what the others are compared with.")
    private List<String> only = List.of();

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "CPU threads of the tensor library; default all cores.")
    private @Nullable Integer threads;

    @Mixin
    private final BenchPlacement placement = new BenchPlacement();

    @Option(
            names = "--memory",
            description = "Also run each variant once in a process of its own and report its peak memory.")
    private boolean memory;

    /**
     * What the command prints with {@code --json}.
     *
     * @param report times
     * @param peakMemoryBytes largest resident memory of this process, of all variants together
     * @param peakDeviceMemoryBytes the same of a CUDA device, reserve of the allocator included; absent on the host
     * @param isolatedPeakMemoryBytes the one that counts, the device's where there is one, of a process that ran one
     *     variant alone, by variant
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    private record Output(
            @JsonProperty("report") BenchReport report,
            @JsonProperty("peak_memory_bytes") long peakMemoryBytes,

            @JsonProperty("peak_device_memory_bytes") @Nullable Long peakDeviceMemoryBytes,

            @JsonProperty("isolated_peak_memory_bytes") Map<String, Long> isolatedPeakMemoryBytes) {}

    @Override
    public Integer call() {
        if (threads != null) {
            TorchRuntime.setNumThreads(threads);
        }
        List<BenchVariant> variants = variants();
        BenchReport report;
        int rounds = warmup + repetitions;
        try (JobProgress progress = JobProgress.start(Mpo.of(spec.commandLine()), "bench", "round")) {
            BenchOptions options = new BenchOptions(
                    preset,
                    new PairShape(tiles, promptTokens, answerTokens),
                    batchSize,
                    repetitions,
                    warmup,
                    variants,
                    placement.placement(),
                    1);
            report = EngineBench.run(options, done -> progress.update(done, rounds));
        }
        Map<String, Long> isolated = memory ? isolatedPeaks(variants) : Map.of();
        Output output = new Output(report, ProcessMemory.peakResidentBytes(), report.deviceBytes(), isolated);
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(spec.commandLine().getOut(), output);
        } else {
            print(spec.commandLine().getOut(), output);
        }
        return ExitCodes.OK;
    }

    private List<BenchVariant> variants() {
        if (!BenchPreset.NAMES.contains(preset)) {
            throw new ConfigException("--preset: expected one of " + BenchPreset.NAMES + ", got \"" + preset + "\"");
        }
        List<BenchVariant> all = new ArrayList<>();
        recompute.forEach(mode -> all.addAll(BenchVariant.standard(mode)));
        List<String> names = all.stream().map(BenchVariant::name).toList();
        for (String name : only) {
            if (!names.contains(name)) {
                throw new ConfigException("--variants: expected some of " + names + ", got \"" + name
                        + "\"; variants with +recompute need --recompute full");
            }
        }
        all.removeIf(variant -> !only.isEmpty() && !only.contains(variant.name()));
        return all;
    }

    private Map<String, Long> isolatedPeaks(List<BenchVariant> variants) {
        Map<String, Long> peaks = new LinkedHashMap<>();
        for (BenchVariant variant : variants) {
            List<String> arguments = new ArrayList<>(List.of("bench", "--json", "--quiet", "--warmup", "1"));
            arguments.addAll(List.of("--repetitions", "1", "--preset", preset, "--variants", variant.name()));
            arguments.addAll(List.of("--tiles", "" + tiles, "--prompt-tokens", "" + promptTokens));
            arguments.addAll(List.of("--answer-tokens", "" + answerTokens, "--batch-size", "" + batchSize));
            arguments.addAll(List.of("--precision", placement.name()));
            arguments.addAll(List.of("--recompute", variant.recompute().name().toLowerCase(Locale.ROOT)));
            if (threads != null) {
                arguments.addAll(List.of("--threads", "" + threads));
            }
            peaks.put(variant.name(), IsolatedPeak.of(Main.class.getName(), arguments));
        }
        return peaks;
    }

    private static void print(PrintWriter out, Output output) {
        BenchReport report = output.report();
        out.printf(
                Locale.ROOT,
                "%s: %.1fM parameters, %d tiles, %d prompt and %d answer tokens, batch %d, %s, %s, %d threads%n",
                report.preset(),
                report.parameters() / 1e6,
                report.shape().tiles(),
                report.shape().promptTokens(),
                report.shape().answerTokens(),
                report.batchSize(),
                report.device(),
                report.precision(),
                report.threads());
        out.printf(
                Locale.ROOT,
                "%-42s %10s %10s %9s %9s %9s %9s%n",
                "variant",
                "s/pair",
                "cpu s/pair",
                "speed-up",
                "cpu ratio",
                "theory",
                "TFLOP/s");
        for (BenchReport.Result result : report.variants()) {
            out.printf(
                    Locale.ROOT,
                    "%-42s %10.4f %10.4f %8.2fx %8.2fx %8.2fx %9.3f%n",
                    result.name(),
                    result.medianSeconds(),
                    result.medianCpuSeconds(),
                    result.speedup(),
                    result.cpuSpeedup(),
                    result.theory(),
                    result.flops() / result.medianSeconds() / 1e12);
            StringBuilder parts = new StringBuilder("   ");
            result.breakdown().forEach((name, s) -> parts.append(String.format(Locale.ROOT, " %s %.4f", name, s)));
            out.println(parts);
        }
        out.printf(Locale.ROOT, "optimizer step %.4f s%n", report.optimizerSeconds());
        if (report.deviceBytes() != null) {
            out.printf(Locale.ROOT, "device memory of all variants together %d MiB%n", report.deviceBytes() >> 20);
        }
        output.isolatedPeakMemoryBytes()
                .forEach((name, bytes) -> out.printf(Locale.ROOT, "peak memory %-42s %6d MiB%n", name, bytes >> 20));
        out.flush();
    }
}
