package dev.mpo.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.cli.doctor.Doctor;
import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.eval.benchmark.Answered;
import dev.mpo.eval.benchmark.Benchmark;
import dev.mpo.eval.benchmark.BenchmarkQuestion;
import dev.mpo.eval.benchmark.BenchmarkRun;
import dev.mpo.eval.benchmark.OptionMatcher;
import dev.mpo.eval.benchmark.Predictions;
import dev.mpo.eval.benchmark.PromptMode;
import dev.mpo.eval.benchmark.ScoreTable;
import dev.mpo.eval.generate.ChatGenerator;
import dev.mpo.eval.generate.ChatOptions;
import dev.mpo.eval.generate.EndpointGenerator;
import dev.mpo.eval.generate.EndpointOptions;
import dev.mpo.eval.generate.Generator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mpo eval}: benchmarks as VLMEvalKit asks and scores them. */
@Command(
        name = "eval",
        description = {
            "Examines models on benchmarks in VLMEvalKit's TSV form: its prompts, tiles and post-processing, greedy"
                    + " answers, and its scores without a judge. Stopped or killed, the same command goes on where it"
                    + " was.",
            "The files DIR/MODEL_DATA.tsv and .xlsx can be scored again by VLMEvalKit. Sets that need a judge (MMVet,"
                    + " LLaVABench, MathVista and others) are asked and written, not scored."
        })
final class EvalCommand implements Callable<Integer> {

    private static final JsonMapper JSON = new JsonMapper();

    /** How models are asked. */
    enum Prompt {
        /** By the model folder's name: models after MPO by the MPO prompt, others directly. */
        AUTO,
        /** Directly. */
        DIRECT,
        /** With reasoning and a boxed answer. */
        COT,
        /** By the prompt of the MPO models. */
        MPO
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            split = ",",
            description = "Checkpoint folders, with commas between.")
    private List<Path> models = new ArrayList<>();

    @Option(
            names = "--data",
            paramLabel = "TSV",
            required = true,
            arity = "1..*",
            description = "Files of VLMEvalKit, such as MMStar.tsv. The name decides about prompts and scores.")
    private List<Path> data = new ArrayList<>();

    @Option(
            names = "--prompt",
            paramLabel = "MODE",
            defaultValue = "auto",
            description = "auto, direct, cot (USE_COT=1) or mpo (use_mpo_prompt=True and USE_COT=1). auto is mpo for"
                    + " models whose folder is named ..MPO.., else direct.")
    private Prompt prompt = Prompt.AUTO;

    @Option(
            names = "--matcher",
            paramLabel = "VERSION",
            defaultValue = "2026-08",
            description = "Which of VLMEvalKit's rules match answers to options: 2026-08, or 2024-12, by which the"
                    + " published scores of InternVL2.5 were made.")
    private String matcher = OptionMatcher.NOW.label();

    @Option(
            names = "--predictions",
            paramLabel = "FILE",
            description = "Only score a file of predictions (xlsx, tsv or json) for the one data set.")
    private @Nullable Path predictions;

    @Option(
            names = "--prompts-only",
            description = "Write DIR/prompts.jsonl (data, index, prompt, images, tiles) and ask nothing.")
    private boolean promptsOnly;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "eval", description = "Folder for everything.")
    @SuppressWarnings("NullAway.Init") // picocli sets the default
    private Path out;

    @Option(names = "--max-new-tokens", paramLabel = "N", defaultValue = "4096", description = "Longest answer.")
    private int maxNewTokens = 4096;

    @Option(names = "--batch-size", paramLabel = "N", defaultValue = "8", description = "Answers computed at once.")
    private int batchSize = 8;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli creates it before anything runs
    private EndpointFlags endpoint;

    /** The scores of one model on one data set. */
    private record Line(String model, String dataset, PromptMode mode, Optional<ScoreTable> scores, int failed) {}

    @Override
    public Integer call() {
        OptionMatcher rules = matcher();
        List<Benchmark> benchmarks = data.stream().map(Benchmark::open).toList();
        benchmarks.stream().filter(each -> each.leftOut() > 0).forEach(this::tellLeftOut);
        if (predictions != null) {
            print(List.of(scored(one(benchmarks), predictions, rules)), rules);
            return ExitCodes.OK;
        }
        if (promptsOnly) {
            writePrompts(benchmarks);
            return ExitCodes.OK;
        }
        List<Line> lines = asked(benchmarks, rules);
        print(lines, rules);
        int failed = lines.stream().mapToInt(Line::failed).sum();
        if (failed > 0) {
            throw new DataException(
                    failed + " rows could not be answered and count as wrong; the warnings above say why."
                            + " Run the same command again to ask them once more");
        }
        return ExitCodes.OK;
    }

    private OptionMatcher matcher() {
        for (OptionMatcher each : OptionMatcher.values()) {
            if (each.label().equals(matcher)) {
                return each;
            }
        }
        throw new ConfigException("--matcher " + matcher + ": expected 2026-08 or 2024-12");
    }

    private void tellLeftOut(Benchmark benchmark) {
        spec.commandLine()
                .getErr()
                .println(benchmark.name() + ": " + benchmark.leftOut()
                        + " rows without a picture are left out, as VLMEvalKit does");
    }

    private static Benchmark one(List<Benchmark> benchmarks) {
        if (benchmarks.size() != 1) {
            throw new ConfigException(
                    "--predictions belongs to one data set: give one --data, got " + benchmarks.size());
        }
        return benchmarks.get(0);
    }

    private Line scored(Benchmark benchmark, Path file, OptionMatcher rules) {
        Map<String, String> answers = Predictions.read(file);
        List<Answered> answered = benchmark.answered(answers);
        long missing = benchmark.table().rows().stream()
                .filter(row -> !answers.containsKey(String.valueOf(row.get("index"))))
                .count();
        if (missing > 0) {
            spec.commandLine()
                    .getErr()
                    .println(missing + " rows have no prediction in " + file + " and count as wrong");
        }
        BenchmarkRun run = new BenchmarkRun(benchmark, mode("predictions"), "predictions", out);
        return new Line(
                String.valueOf(file.getFileName()),
                benchmark.name(),
                mode("predictions"),
                run.score(answered, rules),
                0);
    }

    private void writePrompts(List<Benchmark> benchmarks) {
        PromptMode mode = mode(models.isEmpty() ? "" : name(models.get(0)));
        try {
            Files.createDirectories(out);
            Path partial = out.resolve("prompts.jsonl.partial");
            try (var writer = Files.newBufferedWriter(partial)) {
                for (Benchmark benchmark : benchmarks) {
                    for (BenchmarkQuestion question : new BenchmarkRun(benchmark, mode, "prompts", out).questions()) {
                        writer.write(JSON.writeValueAsString(promptLine(benchmark, question)) + "\n");
                    }
                }
            }
            Files.move(partial, out.resolve("prompts.jsonl"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new ConfigException("--out " + out + " cannot be written: free space or choose another folder", e);
        }
        PrintWriter console = spec.commandLine().getOut();
        console.println(out.resolve("prompts.jsonl") + ": prompt mode " + mode.label());
        console.flush();
    }

    private static ObjectNode promptLine(Benchmark benchmark, BenchmarkQuestion question) {
        ObjectNode line = JSON.createObjectNode();
        line.put("data", benchmark.name());
        line.put("index", question.index());
        line.put("prompt", question.message());
        ArrayNode images = line.putArray("images");
        question.images().forEach(image -> images.add(image.toString()));
        line.put("tiles", question.maxTiles());
        return line;
    }

    private List<Line> asked(List<Benchmark> benchmarks, OptionMatcher rules) {
        EndpointOptions server = endpoint.options();
        if (models.isEmpty() && server == null) {
            throw new ConfigException("nobody to ask: give --model DIR, --endpoint URL, or --predictions FILE");
        }
        List<Line> lines = new ArrayList<>();
        if (server != null) {
            try (EndpointGenerator generator = EndpointGenerator.open(server)) {
                benchmarks.forEach(each -> lines.add(ask(generator, generator.model(), each, rules)));
            }
            return lines;
        }
        Doctor.requireUsedAccelerators();
        for (Path model : models) {
            try (ChatGenerator generator =
                    ChatGenerator.open(model, ChatOptions.defaults().withMaxConcurrent(batchSize))) {
                benchmarks.forEach(each -> lines.add(ask(generator, name(model), each, rules)));
            }
        }
        return lines;
    }

    private Line ask(Generator generator, String model, Benchmark benchmark, OptionMatcher rules) {
        Mpo mpo = Mpo.of(spec.commandLine());
        mpo.stopRequest().listen();
        String safe = model.replaceAll("[^A-Za-z0-9._-]", "-");
        BenchmarkRun run = new BenchmarkRun(benchmark, mode(model), safe, out);
        int failed;
        try (JobProgress progress = JobProgress.start(mpo, benchmark.name(), "question")) {
            failed = run.ask(generator, maxNewTokens, progress::update, mpo.stopRequest()::requested);
        }
        return new Line(safe, benchmark.name(), mode(model), run.score(run.predictions(), rules), failed);
    }

    private PromptMode mode(String model) {
        return switch (prompt) {
            case DIRECT -> PromptMode.DIRECT;
            case COT -> PromptMode.COT;
            case MPO -> PromptMode.MPO;
            case AUTO -> model.toUpperCase(Locale.ROOT).contains("MPO") ? PromptMode.MPO : PromptMode.DIRECT;
        };
    }

    private static String name(Path model) {
        return String.valueOf(model.toAbsolutePath().normalize().getFileName());
    }

    private void print(List<Line> lines, OptionMatcher rules) {
        PrintWriter console = spec.commandLine().getOut();
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(console, result(lines, rules));
            return;
        }
        for (Line line : lines) {
            console.println(line.model() + " on " + line.dataset() + " (prompt "
                    + line.mode().label() + ", matcher " + rules.label() + ")");
            line.scores()
                    .ifPresentOrElse(
                            table -> {
                                table.metrics()
                                        .forEach((name, value) -> console.printf("  %-40s %10.4f%n", name, value));
                                console.printf(
                                        "  undecided %.1f %% of %d answers%n",
                                        100 * table.undecidedShare(), table.scored());
                            },
                            () -> console.println("  not scored: this data set needs a judge"));
        }
        console.flush();
    }

    /** One model gives {@code scores.DATA.METRIC}; several are below {@code models} as well. */
    private static Map<String, Object> result(List<Line> lines, OptionMatcher rules) {
        Map<String, Object> scores = new LinkedHashMap<>();
        Map<String, Object> undecided = new LinkedHashMap<>();
        Map<String, Map<String, Object>> models = new LinkedHashMap<>();
        List<String> unscored = new ArrayList<>();
        for (Line line : lines) {
            if (line.scores().isEmpty()) {
                unscored.add(line.dataset());
                continue;
            }
            ScoreTable table = line.scores().get();
            scores.putIfAbsent(line.dataset(), table.metrics());
            undecided.putIfAbsent(line.dataset(), table.undecidedShare());
            models.computeIfAbsent(line.model(), key -> new LinkedHashMap<>()).put(line.dataset(), table.metrics());
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("scores", scores);
        result.put("undecided", undecided);
        result.put("prompt", lines.get(0).mode().label());
        result.put("matcher", rules.label());
        result.put("models", models);
        result.put("needsJudge", unscored);
        return result;
    }
}
