package dev.mpo.cli;

import dev.mpo.core.ConfigException;
import dev.mpo.tools.bench.BenchPreset;
import dev.mpo.tools.bench.MemorySoak;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mpo bench soak}: whether memory grows while training goes on. */
@Command(
        name = "soak",
        description =
                "Trains on micro-batches of random shapes and reports whether the process grows. Exit code 1 if it"
                        + " grew by more than --max-growth or tensors were left behind.")
final class BenchSoakCommand implements Callable<Integer> {

    private static final int FEWEST = 20;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            defaultValue = "nano",
            description = "nano, micro, or a published size: 1b, 2b, 4b, 8b.")
    private String preset = "nano";

    @Option(
            names = "--micro-batches",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many, of one to four pairs each; at least 20.")
    private int microBatches;

    @Option(names = "--tiles", paramLabel = "N", defaultValue = "3", description = "Most tiles of a pair's images.")
    private int tiles;

    @Option(names = "--prompt-tokens", paramLabel = "N", defaultValue = "80", description = "Most tokens of a prompt.")
    private int promptTokens;

    @Option(names = "--answer-tokens", paramLabel = "N", defaultValue = "60", description = "Most tokens of an answer.")
    private int answerTokens;

    @Option(
            names = "--max-growth",
            paramLabel = "MB",
            defaultValue = "16",
            description = "Growth that is still accepted, from the second to the last quarter of the run.")
    private int maxGrowth;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of weights, pairs and shapes.")
    private long seed;

    @Mixin
    private final BenchPlacement placement = new BenchPlacement();

    @Override
    public Integer call() {
        if (!BenchPreset.NAMES.contains(preset)) {
            throw new ConfigException("--preset: expected one of " + BenchPreset.NAMES + ", got \"" + preset + "\"");
        }
        if (microBatches < FEWEST) {
            throw new ConfigException("--micro-batches: expected at least " + FEWEST + ", got " + microBatches);
        }
        if (tiles < 0 || promptTokens < 1 || answerTokens < 1) {
            throw new ConfigException("--tiles must be at least 0, --prompt-tokens and --answer-tokens at least 1; got "
                    + tiles + ", " + promptTokens + ", " + answerTokens);
        }
        Mpo mpo = Mpo.of(spec.commandLine());
        MemorySoak.Report report;
        try (JobProgress progress = JobProgress.start(mpo, "soak", "micro-batch")) {
            MemorySoak.Limits limits = new MemorySoak.Limits(tiles, promptTokens, answerTokens);
            report = MemorySoak.run(
                    preset,
                    microBatches,
                    limits,
                    placement.placement(),
                    seed,
                    done -> progress.update(done, microBatches));
        }
        if (mpo.json()) {
            JsonOutput.print(spec.commandLine().getOut(), report);
        } else {
            spec.commandLine()
                    .getOut()
                    .printf(
                            Locale.ROOT,
                            "%d micro-batches: %d MiB resident at the end, grown by %.1f MiB since the second quarter,"
                                    + " %d tensors left behind%n",
                            report.microBatches(),
                            report.residentBytes().get(report.residentBytes().size() - 1) >> 20,
                            report.growthBytes() / 1048576.0,
                            report.liveTensors());
        }
        boolean flat = report.growthBytes() <= (long) maxGrowth << 20 && report.liveTensors() == 0;
        return flat ? ExitCodes.OK : ExitCodes.INTERNAL;
    }
}
