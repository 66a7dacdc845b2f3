package dev.mpo.cli;

import dev.mpo.core.ConfigException;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.eval.generate.ChatGenerator;
import dev.mpo.eval.generate.ChatOptions;
import dev.mpo.eval.generate.EndpointGenerator;
import dev.mpo.eval.generate.EndpointOptions;
import dev.mpo.eval.generate.Generator;
import dev.mpo.eval.pipeline.sample.SamplingOptions;
import dev.mpo.train.config.TrainSettings;
import dev.mpo.train.ranks.Ranks;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that both sampling pipelines have, named and preset as in the guide. */
final class PipelineFlags {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineFlags.class);
    private static final int UNSET = -1;

    @Option(
            names = "--checkpoint",
            paramLabel = "DIR",
            description = "Checkpoint folder of the model that is sampled from; not needed with --endpoint.")
    private @Nullable Path checkpoint;

    @Option(
            names = "--prompt-path",
            paramLabel = "FILE.jsonl",
            required = true,
            description = "The questions, one JSON object per line.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private Path promptPath;

    @Option(
            names = "--out-dir",
            paramLabel = "DIR",
            required = true,
            description = "Folder for the samples: a file with the name of the prompt file. What is there is kept, and"
                    + " only what is missing is made.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private Path outDir;

    @Option(
            names = "--image-root",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "Folder that image names start from.")
    @SuppressWarnings("NullAway.Init") // picocli sets the default
    private Path imageRoot;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "1",
            description = "Questions at once; all their samples are computed together.")
    private int batchSize;

    @Option(
            names = "--num-workers",
            paramLabel = "N",
            defaultValue = "8",
            description = "Threads that read and cut images ahead.")
    private int numWorkers;

    @Option(
            names = "--num-return-sequences",
            paramLabel = "N",
            description = "Samples of each question. Default: 32 for correctness, 1 for dropout-ntp.")
    private int numSamples = UNSET;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            defaultValue = "50",
            description = "Draw from the K most likely tokens; 0 for all.")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description = "Draw from the fewest tokens with at least this probability together; 1 for all.")
    private double topP;

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "1.0", description = "Divides the logits.")
    private double temperature;

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            defaultValue = "4096",
            description = "Longest sample, in tokens.")
    private int maxNewTokens;

    @Option(
            names = "--dynamic",
            description = "Cut images into up to --max-num tiles; otherwise every image is one tile.")
    private boolean dynamic;

    @Option(
            names = "--max-num",
            paramLabel = "N",
            defaultValue = "6",
            description = "Most tiles of an image with --dynamic, the thumbnail not counted.")
    private int maxTiles;

    @Option(
            names = "--sample-max-num",
            paramLabel = "N",
            description = "Most rows of the prompt file to use, spread evenly over it. Default: 20000 for correctness,"
                    + " 500000 for dropout-ntp.")
    private int maxRows = UNSET;

    @Option(
            names = "--sample-start-idx",
            paramLabel = "N",
            defaultValue = "0",
            description = "First row to use where not all are.")
    private int startRow;

    @Option(
            names = "--tp",
            paramLabel = "N",
            defaultValue = "1",
            description = "Accepted for the guide's command lines; one process uses one device. Start one per device"
                    + " (torchrun, srun), or use --endpoint for models that need several.")
    private int tensorParallel;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Seed of the draws.")
    private long seed;

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            defaultValue = "auto",
            description = "fp32, bf16, or auto: bf16 on CUDA, fp32 on the CPU.")
    private TrainSettings.Precision precision = TrainSettings.Precision.AUTO;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli creates it before anything runs
    private EndpointFlags endpoint;

    /** Returns what to sample. */
    SamplingOptions options(int defaultSamples, int defaultMaxRows) {
        GenerationOptions samples = new GenerationOptions(
                temperature,
                topK,
                topP,
                0,
                1,
                maxNewTokens,
                Set.of(),
                List.of(),
                seed,
                numSamples == UNSET ? defaultSamples : numSamples,
                0);
        if (temperature == 0 && samples.numSamples() > 1) {
            throw new ConfigException("--num-return-sequences: expected 1 at temperature 0, got " + samples.numSamples()
                    + ", which would all be the same");
        }
        return new SamplingOptions(
                promptPath,
                outDir,
                imageRoot,
                maxRows == UNSET ? defaultMaxRows : maxRows,
                startRow,
                samples,
                Ranks.discover(System.getenv()));
    }

    /** Connects to the server, or loads the model. */
    Generator open(SamplingOptions options) {
        EndpointOptions server = endpoint.options();
        if (server != null) {
            if (checkpoint != null || dynamic) {
                LOG.warn("--checkpoint, --dynamic and --max-num have no effect with --endpoint: the server has the"
                        + " model and cuts the images");
            }
            return EndpointGenerator.open(server);
        }
        if (checkpoint == null) {
            throw new ConfigException("expected --checkpoint DIR, or --endpoint URL of a server that runs the model");
        }
        if (batchSize < 1 || numWorkers < 1 || maxTiles < 1) {
            throw new ConfigException("--batch-size, --num-workers and --max-num: expected at least 1, got " + batchSize
                    + ", " + numWorkers + " and " + maxTiles);
        }
        if (tensorParallel > 1) {
            LOG.warn(
                    "--tp {} has no effect: each process holds the whole model on one device. Models that do not fit"
                            + " run in a server: --endpoint",
                    tensorParallel);
        }
        ChatOptions chat = ChatOptions.defaults()
                .withMaxTiles(dynamic ? maxTiles : 1)
                .withMaxConcurrent(
                        Math.multiplyExact(batchSize, options.samples().numSamples()))
                .withNumWorkers(numWorkers)
                .on(options.ranks().localRank(), precision);
        return ChatGenerator.open(checkpoint, chat);
    }
}
