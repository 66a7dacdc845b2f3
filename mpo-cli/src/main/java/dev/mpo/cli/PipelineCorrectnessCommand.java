package dev.mpo.cli;

import dev.mpo.eval.pipeline.sample.SamplingJob;
import dev.mpo.eval.pipeline.sample.SamplingOptions;
import dev.mpo.eval.prompt.PromptVersion;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mpo pipeline correctness}: reasoned answers to questions with known answers. */
@Command(
        name = "correctness",
        description = {
            "Samples reasoned answers to questions whose right answer is known; mpo pipeline pairs makes pairs of them.",
            "Rows of the prompt file: {\"image\": \"1.png\", \"question\": \"..\", \"answer\": \"..\"}. Stopped or"
                    + " killed, the same command goes on where it was. Processes with ranks (RANK and WORLD_SIZE, srun,"
                    + " mpirun) share the rows."
        })
final class PipelineCorrectnessCommand implements Callable<Integer> {

    private static final int NUM_SAMPLES = 32;
    private static final int MAX_ROWS = 20_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli creates it before anything runs
    private PipelineFlags flags;

    @Option(
            names = "--prompt-version",
            paramLabel = "VERSION",
            defaultValue = "en",
            description =
                    "How the question is put: en, en_v2, en_r1, zh, zh_v2 or zh_r1. Files whose path contains _zh_"
                            + " get the Chinese one.")
    private String promptVersion = "en";

    @Override
    public Integer call() {
        SamplingOptions options = flags.options(NUM_SAMPLES, MAX_ROWS);
        SamplingJob job = SamplingJob.correctness(options, PromptVersion.of(promptVersion));
        return SamplingCommand.run(
                spec,
                flags,
                options,
                job,
                "response",
                made -> "mpo pipeline pairs --answer-fix --data-dir " + made.outDir() + " --save-dir PAIRS");
    }
}
