package dev.mpo.cli;

import dev.mpo.cli.doctor.Doctor;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.eval.generate.ChatGenerator;
import dev.mpo.eval.generate.ChatOptions;
import dev.mpo.train.config.TrainSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which commands name a model and say how it is to answer. */
final class SamplingFlags {

    @Option(names = "--model", paramLabel = "DIR", required = true, description = "Checkpoint folder of the model.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private Path model;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0",
            description = "Divides the logits; 0 takes the most likely token each time (greedy).")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            defaultValue = "0",
            description = "Draw from the K most likely tokens; 0 for all.")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description = "Draw from the fewest tokens with at least this probability together; 1 for all.")
    private double topP = 1;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            defaultValue = "0",
            description = "Leave out tokens less likely than this fraction of the most likely one.")
    private double minP;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "X",
            defaultValue = "1",
            description = "Makes tokens that the answer has already less likely; 1 for not at all.")
    private double repetitionPenalty = 1;

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Longest answer, in tokens.")
    private int maxNewTokens;

    @Option(
            names = "--stop",
            paramLabel = "TEXT",
            description = "Text that ends an answer and is cut from it. Can be repeated.")
    private List<String> stops = new ArrayList<>();

    @Option(
            names = "--ignore-end-of-turn",
            description = "Go on after the token that ends an answer, until --max-new-tokens.")
    private boolean ignoreEndOfTurn;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Seed of the draws: the same seed gives the same answers.")
    private long seed;

    @Option(
            names = "--max-dynamic-patch",
            paramLabel = "N",
            description = "Most tiles of an image, the thumbnail not counted. Default: the checkpoint's.")
    private @Nullable Integer maxTiles;

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            defaultValue = "auto",
            description = "fp32, bf16, or auto: bf16 on CUDA, fp32 on the CPU.")
    private TrainSettings.Precision precision = TrainSettings.Precision.AUTO;

    /** Returns how tokens are chosen. */
    GenerationOptions options(int numSamples) {
        return new GenerationOptions(
                temperature, topK, topP, minP, repetitionPenalty, maxNewTokens, Set.of(), stops, seed, numSamples, 0);
    }

    /** Loads the model, for some answers at once. */
    ChatGenerator open(int batchSize) {
        Doctor.requireUsedAccelerators();
        return ChatGenerator.open(model, new ChatOptions(maxTiles, batchSize, !ignoreEndOfTurn, precision, 1, 0));
    }

    Path model() {
        return model;
    }
}
