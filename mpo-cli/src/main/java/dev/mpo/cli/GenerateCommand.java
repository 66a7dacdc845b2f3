package dev.mpo.cli;

import dev.mpo.core.ConfigException;
import dev.mpo.core.generate.Generation;
import dev.mpo.core.generate.GenerationListener;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.data.text.Turn;
import dev.mpo.eval.generate.ChatGenerator;
import dev.mpo.eval.generate.ChatRequest;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mpo generate}: answers to one question. */
@Command(
        name = "generate",
        description = {
            "Answers a question, with or without images, and prints the answer as it comes. Images are read once for all"
                    + " answers.",
            "With --json one object: model, promptTokens, seconds, and answers with sample, text, finishReason (stop,"
                    + " length), ids, logps (of each token, in nats, at temperature 1) and sumLogps."
        })
final class GenerateCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(GenerateCommand.class);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli creates it before anything runs
    private SamplingFlags flags;

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            required = true,
            description = "The question. Each <image> in it takes the next image; without any, the images come first.")
    private String prompt = "";

    @Option(
            names = "--image",
            paramLabel = "FILE",
            arity = "1..*",
            description = "Image files in order: JPEG, PNG, GIF, BMP, TIFF or WebP. Can be repeated.")
    private List<Path> images = new ArrayList<>();

    @Option(
            names = "--history",
            paramLabel = "TEXT",
            arity = "2",
            description = "An earlier question and its answer, two arguments. Can be repeated.")
    private List<String> history = new ArrayList<>();

    @Option(names = "--system", paramLabel = "TEXT", description = "System message. Default: the chat template's.")
    private @Nullable String system;

    @Option(
            names = "--answer-start",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "First words of the answer, which the model continues. They are not printed again.")
    private String answerStart = "";

    @Option(
            names = "--num-return-sequences",
            paramLabel = "N",
            defaultValue = "1",
            description = "Number of answers. More than one needs a temperature.")
    private int numSamples = 1;

    @Option(names = "--batch-size", paramLabel = "N", defaultValue = "8", description = "Answers computed at once.")
    private int batchSize;

    private record Answer(
            int sample, String text, String finishReason, List<Integer> ids, List<Double> logps, double sumLogps) {

        static Answer of(Generation generation) {
            List<Integer> ids = new ArrayList<>();
            List<Double> logps = new ArrayList<>();
            for (int i = 0; i < generation.ids().length; i++) {
                ids.add(generation.ids()[i]);
                logps.add(generation.logps()[i]);
            }
            String reason = generation.finishReason().name().toLowerCase(java.util.Locale.ROOT);
            return new Answer(generation.sample(), generation.text(), reason, ids, logps, generation.sumLogps());
        }
    }

    private record Result(String model, int promptTokens, double seconds, List<Answer> answers) {}

    @Override
    public Integer call() {
        GenerationOptions options = flags.options(numSamples);
        if (numSamples > 1 && options.temperature() == 0) {
            throw new ConfigException("--num-return-sequences: expected 1 without a temperature, got " + numSamples
                    + ", which would all be the same; add --temperature, such as --temperature 1");
        }
        PrintWriter out = spec.commandLine().getOut();
        boolean json = Mpo.of(spec.commandLine()).json();
        try (ChatGenerator generator = flags.open(batchSize)) {
            ChatRequest request = new ChatRequest(turns(), images, answerStart, options);
            long started = System.nanoTime();
            GenerationListener listener = json ? new GenerationListener() {} : new Printer(out);
            List<Generation> answers = generator.generate(request, listener);
            double seconds = (System.nanoTime() - started) / 1e9;
            int promptTokens = answers.get(0).promptTokens();
            int tokens = answers.stream().mapToInt(a -> a.ids().length).sum();
            if (json) {
                List<Answer> list = answers.stream().map(Answer::of).toList();
                JsonOutput.print(out, new Result(flags.model().toString(), promptTokens, seconds, list));
            }
            LOG.info(
                    "{} tokens after a prompt of {} in {} s, {} tokens per second",
                    tokens,
                    promptTokens,
                    "%.2f".formatted(seconds),
                    "%.1f".formatted(tokens / seconds));
        }
        return ExitCodes.OK;
    }

    private List<Turn> turns() {
        List<Turn> turns = new ArrayList<>();
        if (system != null) {
            turns.add(Turn.system(system));
        }
        for (int i = 0; i + 1 < history.size(); i += 2) {
            turns.add(Turn.user(history.get(i)));
            turns.add(Turn.assistant(history.get(i + 1)));
        }
        turns.add(Turn.user(prompt));
        return turns;
    }

    /** Prints a single answer as it comes, several of them one after the other as they end. */
    private final class Printer implements GenerationListener {

        private final PrintWriter out;

        Printer(PrintWriter out) {
            this.out = out;
        }

        @Override
        public boolean onText(long request, int sample, String piece) {
            if (numSamples == 1) {
                out.print(piece);
                out.flush();
            }
            return true;
        }

        @Override
        public void onFinished(Generation generation) {
            if (numSamples > 1) {
                out.println("--- answer " + (generation.sample() + 1) + " of " + numSamples);
                out.print(generation.text());
            }
            out.println();
            out.flush();
        }
    }
}
