package dev.mpo.cli;

import dev.mpo.eval.pipeline.sample.DropoutPrefix;
import dev.mpo.eval.pipeline.sample.SampleMeta;
import dev.mpo.eval.pipeline.sample.SamplingJob;
import dev.mpo.eval.pipeline.sample.SamplingOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mpo pipeline dropout-ntp}: rejected answers that the model continued without the picture. */
@Command(
        name = "dropout-ntp",
        description = {
            "Makes rejected answers: the first part of each chosen answer, continued by the model without the image.",
            "Rows of the prompt file: {\"image\": \"1.png\", \"question\": \"..\", \"chosen\": \"..\", \"rejected\":"
                    + " null}; the output is ready for training. Stopped or killed, the same command goes on where it"
                    + " was. Processes with ranks (RANK and WORLD_SIZE, srun, mpirun) share the rows."
        })
final class PipelineDropoutCommand implements Callable<Integer> {

    private static final int NUM_SAMPLES = 1;
    private static final int MAX_ROWS = 500_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli creates it before anything runs
    private PipelineFlags flags;

    @Option(
            names = "--start-ratio",
            paramLabel = "R",
            defaultValue = "0.5",
            description = "Share of the words of the chosen answer that is kept.")
    private double startRatio;

    @Option(
            names = "--words",
            paramLabel = "RULE",
            defaultValue = "script_aware",
            description = "spaces: words stand between spaces, as in the reference. script_aware: characters of scripts"
                    + " without spaces (Chinese, Japanese, Thai, ...) are words as well; other texts are cut alike.")
    private DropoutPrefix.Words words = DropoutPrefix.Words.SCRIPT_AWARE;

    @Option(names = "--with-image", description = "Let the model see the image.")
    private boolean withImage;

    @Override
    public Integer call() {
        SamplingOptions options = flags.options(NUM_SAMPLES, MAX_ROWS);
        SamplingJob job = SamplingJob.dropoutNtp(options, startRatio, words, withImage);
        return SamplingCommand.run(
                spec,
                flags,
                options,
                job,
                "rejected",
                made -> "mpo train --model MODEL --output RUN --meta " + SampleMeta.file(made.outDir()));
    }
}
