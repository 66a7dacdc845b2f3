package dev.mpo.eval.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.ConfigException;
import dev.mpo.core.InterruptedRunException;
import dev.mpo.core.generate.Generation;
import dev.mpo.core.generate.GenerationListener;
import dev.mpo.eval.generate.Generator;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One model's examination on one data set. Replies are appended to {@code MODEL_DATA.replies.jsonl} as they come, so
 * that the same run goes on where it was stopped; the files of predictions are made of them at the end.
 */
public final class BenchmarkRun {

    private static final Logger LOG = LoggerFactory.getLogger(BenchmarkRun.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String INDEX = "index";
    private static final String REPLY = "reply";

    private final Benchmark benchmark;
    private final PromptBuilder prompts;
    private final BenchmarkImages images;
    private final Path folder;
    private final String name;

    /**
     * Creates a run.
     *
     * @param model what the files are named by
     * @param folder where everything goes
     */
    public BenchmarkRun(Benchmark benchmark, PromptMode mode, String model, Path folder) {
        this.benchmark = benchmark;
        this.prompts = new PromptBuilder(benchmark.name(), benchmark.table().columns(), mode);
        Path beside = benchmark.file().toAbsolutePath().resolveSibling("images").resolve(benchmark.name());
        this.images =
                new BenchmarkImages(benchmark.table(), folder.resolve("images").resolve(benchmark.name()), beside);
        this.folder = folder;
        this.name = model + "_" + benchmark.name();
    }

    /** Is told how far a run is, and asked whether it is to stop. */
    public interface Progress {

        /** Called after each answer. */
        void update(long done, long total);
    }

    /** Returns the questions as a model is asked them, in order; their pictures are written to files. */
    public List<BenchmarkQuestion> questions() {
        return benchmark.table().rows().stream().map(this::question).toList();
    }

    private BenchmarkQuestion question(Map<String, Object> row) {
        List<Path> files = images.files(row, prompts.doublesFirstImage());
        return new BenchmarkQuestion(
                DataTable.text(row, INDEX).orElse(""),
                prompts.message(prompts.text(row), files.size()),
                files,
                prompts.mostTiles(files.size()));
    }

    /**
     * Asks the model what has not been answered yet.
     *
     * @param generator the model; borrowed
     * @return the number of rows that could not be answered
     * @throws InterruptedRunException if {@code stop} says so; the replies so far are kept
     */
    public int ask(Generator generator, int maxNewTokens, Progress progress, BooleanSupplier stop) {
        Map<String, String> before = replies();
        List<Map<String, Object>> open = benchmark.table().rows().stream()
                .filter(row -> !before.containsKey(DataTable.text(row, INDEX).orElse("")))
                .toList();
        long total = benchmark.table().rows().size();
        progress.update(total - open.size(), total);
        try {
            Files.createDirectories(folder);
            try (BufferedWriter out = Files.newBufferedWriter(
                    file(), StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                Sheet sheet = new Sheet(open, out, total, progress, stop);
                generator.run(
                        open.stream()
                                .map(row -> question(row).request(maxNewTokens))
                                .iterator(),
                        sheet);
                return sheet.failed;
            }
        } catch (IOException | UncheckedIOException e) {
            throw new ConfigException(
                    "replies cannot be written to " + file() + ": free space or choose another --out", e);
        }
    }

    private Path file() {
        return folder.resolve(name + ".replies.jsonl");
    }

    /** The replies as they come. */
    private static final class Sheet implements GenerationListener {

        private final List<Map<String, Object>> rows;
        private final BufferedWriter out;
        private final long total;
        private final Progress progress;
        private final BooleanSupplier stop;
        private long done;
        private int failed;

        Sheet(List<Map<String, Object>> rows, BufferedWriter out, long total, Progress progress, BooleanSupplier stop) {
            this.rows = rows;
            this.out = out;
            this.total = total;
            this.progress = progress;
            this.stop = stop;
            this.done = total - rows.size();
        }

        private String index(long request) {
            return DataTable.text(rows.get(Math.toIntExact(request)), INDEX).orElse("");
        }

        @Override
        public boolean onText(long request, int sample, String piece) {
            if (stop.getAsBoolean()) {
                throw new InterruptedRunException("stopped as asked; " + done + " of " + total
                        + " replies are kept. Run the same command to go on");
            }
            return true;
        }

        @Override
        public void onFinished(Generation answer) {
            ObjectNode line = JSON.createObjectNode();
            line.put(INDEX, index(answer.request()));
            line.put(REPLY, answer.text());
            try {
                out.write(JSON.writeValueAsString(line) + "\n");
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            progress.update(++done, total);
        }

        @Override
        public void onFailed(long request, int sample, RuntimeException reason) {
            failed++;
            LOG.warn("row {}: {}", index(request), reason.getMessage());
            progress.update(++done, total);
        }
    }

    /** The replies so far, by index; what a killed process left of a line is no reply. */
    private Map<String, String> replies() {
        Map<String, String> replies = new LinkedHashMap<>();
        if (!Files.exists(file())) {
            return replies;
        }
        try {
            String text = Files.readString(file());
            for (String line :
                    text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
                JsonNode reply = JSON.readTree(line);
                replies.put(reply.path(INDEX).asText(), reply.path(REPLY).asText());
            }
            if (!text.endsWith("\n")) {
                Files.writeString(file(), text.substring(0, text.lastIndexOf('\n') + 1));
            }
            return replies;
        } catch (IOException e) {
            throw new ConfigException(file() + " cannot be read: remove it to ask everything again", e);
        }
    }

    /** Writes the files of predictions out of the replies, and returns the rows with their answers. */
    public List<Answered> predictions() {
        Map<String, String> answers = new LinkedHashMap<>();
        replies().forEach((index, reply) -> answers.put(index, prompts.answer(reply)));
        List<Answered> answered = benchmark.answered(answers);
        Predictions.write(folder, name, benchmark.table(), answered);
        // Scored as they read back from the file: an answer that is empty or "None" is missing.
        Map<String, String> read = Predictions.read(folder.resolve(name + ".tsv"));
        return benchmark.answered(read);
    }

    /** Returns the scores of answers; empty where a judge is needed. */
    public Optional<ScoreTable> score(List<Answered> answered, OptionMatcher matcher) {
        return Scorer.of(benchmark.name(), benchmark.table().columns(), matcher).map(scorer -> scorer.score(answered));
    }
}
