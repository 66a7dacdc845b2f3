package dev.mpo.cli;

import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.tools.bench.GenerationBench;
import dev.mpo.tools.bench.GenerationBenchOptions;
import dev.mpo.tools.bench.GenerationBenchReport;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mpo bench generate}: how fast answers are generated. */
@Command(
        name = "generate",
        description =
                "Measures generation on random weights and prompts: tokens per second, with and without the time to"
                        + " read the prompts. Each answer has a prompt of its own and goes on to --new-tokens.")
final class BenchGenerateCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            defaultValue = "micro",
            description = "nano, micro, or a published size: 1b, 2b, 4b, 8b.")
    private String preset = "micro";

    @Option(
            names = "--batch-size",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,8",
            description = "Answers at once; several numbers separated by commas are measured in turn.")
    private List<Integer> batchSizes = List.of();

    @Option(names = "--tiles", paramLabel = "N", defaultValue = "0", description = "Image tiles of a prompt.")
    private int tiles;

    @Option(
            names = "--prompt-tokens",
            paramLabel = "N",
            defaultValue = "128",
            description = "Tokens of a prompt, visual tokens not counted.")
    private int promptTokens;

    @Option(names = "--new-tokens", paramLabel = "N", defaultValue = "128", description = "Tokens of an answer.")
    private int newTokens;

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0", description = "0 is greedy.")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            defaultValue = "0",
            description = "Draw from the K most likely tokens; 0 for all.")
    private int topK;

    @Option(names = "--repetitions", paramLabel = "N", defaultValue = "5", description = "Measured rounds.")
    private int repetitions;

    @Option(names = "--warmup", paramLabel = "N", defaultValue = "2", description = "Rounds before these.")
    private int warmup;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "CPU threads of the tensor library; default all cores.")
    private @Nullable Integer threads;

    @Mixin
    private final BenchPlacement placement = new BenchPlacement();

    @Override
    public Integer call() {
        if (threads != null) {
            TorchRuntime.setNumThreads(threads);
        }
        GenerationBenchOptions options = new GenerationBenchOptions(
                preset,
                batchSizes,
                tiles,
                promptTokens,
                newTokens,
                temperature,
                topK,
                repetitions,
                warmup,
                placement.placement(),
                0);
        Mpo mpo = Mpo.of(spec.commandLine());
        int rounds = (warmup + repetitions) * batchSizes.size();
        GenerationBenchReport report;
        try (JobProgress progress = JobProgress.start(mpo, "bench", "round")) {
            report = GenerationBench.run(options, done -> progress.update(done, rounds));
        }
        if (mpo.json()) {
            JsonOutput.print(spec.commandLine().getOut(), report);
        } else {
            print(spec.commandLine().getOut(), report);
        }
        return ExitCodes.OK;
    }

    private static void print(PrintWriter out, GenerationBenchReport report) {
        out.printf(
                Locale.ROOT,
                "%s: %.1fM parameters, prompts of %d and answers of %d tokens, %d threads%n",
                report.preset(),
                report.parameters() / 1e6,
                report.promptTokens(),
                report.newTokens(),
                report.threads());
        out.printf(
                Locale.ROOT, "%8s %10s %12s %11s %11s%n", "at once", "tokens/s", "after first", "prompts, s", "cpu, s");
        for (GenerationBenchReport.Result result : report.results()) {
            out.printf(
                    Locale.ROOT,
                    "%8d %10.1f %12.1f %11.3f %11.2f%n",
                    result.batchSize(),
                    result.tokensPerSecond(),
                    result.decodeTokensPerSecond(),
                    result.prefillSeconds(),
                    result.cpuSeconds());
        }
        out.flush();
    }
}
