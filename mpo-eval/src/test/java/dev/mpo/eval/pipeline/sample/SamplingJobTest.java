package dev.mpo.eval.pipeline.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.core.InterruptedRunException;
import dev.mpo.core.generate.FinishReason;
import dev.mpo.core.generate.Generation;
import dev.mpo.core.generate.GenerationListener;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.eval.NanoModel;
import dev.mpo.eval.generate.ChatGenerator;
import dev.mpo.eval.generate.ChatOptions;
import dev.mpo.eval.generate.ChatRequest;
import dev.mpo.eval.generate.Generator;
import dev.mpo.eval.pipeline.pairs.PairBuilding;
import dev.mpo.eval.pipeline.pairs.PairOptions;
import dev.mpo.eval.prompt.PromptVersion;
import dev.mpo.train.ranks.Ranks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplingJobTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SAMPLES = 4;

    private Path folder = Path.of("");
    private Path prompts = Path.of("");

    @BeforeEach
    void writePrompts(@TempDir Path temporary) throws IOException {
        folder = temporary;
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            lines.add("{\"question\": \"What is " + i % 17 + " plus one?\", \"answer\": " + (i % 17 + 1)
                    + ", \"chosen\": \"The sum of the two is " + (i % 17 + 1) + ".\", \"rejected\": null}");
        }
        prompts = Files.write(folder.resolve("sums.jsonl"), lines); // rows 17 to 19 repeat rows 0 to 2
    }

    private SamplingOptions options(Path out, Ranks ranks) {
        GenerationOptions samples =
                GenerationOptions.greedy(12).withTemperature(1).withSeed(5).withNumSamples(SAMPLES);
        return new SamplingOptions(prompts, out, folder, 1000, 0, samples, ranks);
    }

    /** Answers by seed and number alone, in an order of its own, and dies or fails when told to. */
    private static final class Fake implements Generator {
        private final Random order;
        private int answersLeft;

        Fake(long order, int answersLeft) {
            this.order = new Random(order);
            this.answersLeft = answersLeft;
        }

        @Override
        public void run(Iterator<ChatRequest> requests, GenerationListener listener) {
            List<Generation> ready = new ArrayList<>();
            long number = 0;
            while (requests.hasNext() || !ready.isEmpty()) {
                while (requests.hasNext() && ready.size() < 10) {
                    add(requests.next(), number++, ready);
                }
                Generation next = ready.remove(order.nextInt(ready.size()));
                if (answersLeft-- == 0) {
                    throw new IllegalStateException("killed");
                }
                listener.onText(next.request(), next.sample(), next.text());
                listener.onFinished(next);
            }
        }

        private void add(ChatRequest request, long number, List<Generation> ready) {
            int first = request.options().firstSample();
            for (int i = 0; i < request.options().numSamples(); i++) {
                String text = "Let us see.\n\nFinal answer: "
                        + Math.floorMod(request.options().seed() + 31L * (first + i), 19);
                ready.add(
                        new Generation(number, first + i, new int[] {1}, new double[] {0}, text, FinishReason.STOP, 1));
            }
        }

        @Override
        public void close() {}
    }

    /** All finished lines of all files. */
    private static List<String> sorted(Path out) {
        List<String> lines = new ArrayList<>();
        for (Path file : SampleFolder.files(out, "sums")) {
            try {
                String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
                lines.addAll(text.lines().filter(line -> line.endsWith("}")).toList());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        Collections.sort(lines);
        return lines;
    }

    private SamplingReport run(Path out, Ranks ranks, Generator generator) {
        return SamplingJob.correctness(options(out, ranks), PromptVersion.EN).run(generator, new SamplingListener() {});
    }

    private List<String> undisturbed() {
        Path out = folder.resolve("whole");
        SamplingReport report = run(out, Ranks.single(), new Fake(0, -1));
        assertThat(report.isComplete()).isTrue();
        return sorted(out);
    }

    @Test
    void aJobThatDiesAgainAndAgainLeavesWhatAnUndisturbedOneLeaves() throws IOException {
        List<String> expected = undisturbed();
        assertThat(expected).hasSize(20 * SAMPLES);
        assertThat(new HashSet<>(expected)).hasSize(20 * SAMPLES);
        for (int seed = 0; seed < 5; seed++) {
            Random random = new Random(seed);
            Path out = folder.resolve("killed-" + seed);
            Path file = out.resolve("sums.jsonl");
            for (int kill = 0; sortedOrNone(out).size() < expected.size(); kill++) {
                Fake mortal = new Fake(random.nextLong(), 1 + random.nextInt(30));
                try {
                    run(out, Ranks.single(), mortal);
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessage("killed");
                    if (kill % 2 == 0) { // in the middle of a line, and of a character
                        Files.write(
                                file,
                                "{\"question\": \"What \u00e9".getBytes(StandardCharsets.ISO_8859_1),
                                StandardOpenOption.APPEND);
                    }
                }
            }
            run(out, Ranks.single(), new Fake(1, 0)); // nothing is left to be asked
            assertThat(sorted(out)).isEqualTo(expected);
        }
    }

    private static List<String> sortedOrNone(Path out) {
        return Files.isDirectory(out) ? sorted(out) : List.of();
    }

    @Test
    void ranksShareTheRowsWithoutOverlapAndAnotherNumberOfRanksGoesOn() {
        List<String> expected = undisturbed();
        Path out = folder.resolve("shared");
        for (int rank = 0; rank < 3; rank++) {
            Fake fake = new Fake(rank, rank == 1 ? 9 : -1);
            try {
                SamplingReport report = run(out, new Ranks(rank, 3, rank, 3), fake);
                assertThat(report.rows()).isBetween(6L, 7L);
            } catch (IllegalStateException e) {
                assertThat(rank).isEqualTo(1);
            }
        }
        assertThat(sorted(out)).hasSizeLessThan(expected.size());
        for (int rank = 0; rank < 2; rank++) {
            run(out, new Ranks(rank, 2, rank, 2), new Fake(7, -1));
        }
        assertThat(sorted(out)).isEqualTo(expected);
    }

    @Test
    void pairsDoNotDependOnRanksNorOnTheOrderInWhichSamplesCame() throws IOException {
        undisturbed();
        Path out = folder.resolve("shared");
        for (int rank = 0; rank < 2; rank++) {
            run(out, new Ranks(rank, 2, rank, 2), new Fake(rank + 3, -1));
        }
        assertThat(pairs(out)).isNotEmpty().isEqualTo(pairs(folder.resolve("whole")));
    }

    private List<String> pairs(Path samples) throws IOException {
        Path save = samples.resolve("pairs");
        new PairBuilding(PairOptions.defaults()).run(samples, save, (lines, total, dataset) -> {});
        List<String> lines =
                new ArrayList<>(Files.readAllLines(save.resolve("raw/sums_pairs_vqa_correctness_rules.jsonl")));
        Collections.sort(lines);
        return lines;
    }

    @Test
    void aRowThatCannotBeUsedIsReportedAndTheRestIsSampled() throws IOException {
        Files.writeString(prompts, "{\"question\": \"no answer\"}\nnonsense\n", StandardOpenOption.APPEND);
        Path out = folder.resolve("out");
        SamplingReport report = run(out, Ranks.single(), new Fake(0, -1));
        assertThat(report.badRows()).isEqualTo(2);
        assertThat(report.isComplete()).isFalse();
        assertThat(report.written()).isEqualTo(20 * SAMPLES);
        assertThat(Files.readAllLines(out.resolve("failures/sums.jsonl")))
                .hasSize(2)
                .anyMatch(line -> line.contains("sums.jsonl:21") && line.contains("expected answer"))
                .anyMatch(line -> line.contains("sums.jsonl:22"));
    }

    @Test
    void rowsOfOtherProgramsCountWithoutNumbers() throws IOException {
        Path out = Files.createDirectories(folder.resolve("out"));
        undisturbed();
        List<String> lines = new ArrayList<>();
        for (String line : sorted(folder.resolve("whole")).subList(0, 6)) {
            lines.add(((ObjectNode) JSON.readTree(line)).without("sample").toString());
        }
        Files.write(out.resolve("sums.jsonl"), lines);
        SamplingReport report = run(out, Ranks.single(), new Fake(0, -1));
        assertThat(report.before()).isEqualTo(6);
        assertThat(report.written()).isEqualTo(20 * SAMPLES - 6);
    }

    @Test
    void oneProcessAtATimeWritesAFile() throws IOException {
        Path out = Files.createDirectories(folder.resolve("out"));
        try (SampleFile other = SampleFile.open(out.resolve("sums.jsonl"))) {
            assertThat(other.path()).exists();
            assertThatThrownBy(() -> run(out, Ranks.single(), new Fake(0, -1)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("another process");
        }
    }

    @Test
    void samplesOfTheEmbeddedEngineAreTheSameAfterAnInterruption() throws IOException {
        NanoModel nano = NanoModel.write(folder, 1);
        ChatOptions chat = ChatOptions.defaults().withMaxConcurrent(6).withNumWorkers(2);
        try (ChatGenerator generator = ChatGenerator.open(nano.folder(), chat)) {
            Path whole = folder.resolve("whole");
            assertThat(run(whole, Ranks.single(), generator).isComplete()).isTrue();
            Path out = folder.resolve("stopped");
            SamplingListener impatient = new SamplingListener() {
                private int samples;

                @Override
                public void onProgress(long done, long total) {
                    samples++;
                }

                @Override
                public boolean stopRequested() {
                    return samples >= 13;
                }
            };
            SamplingJob job = SamplingJob.correctness(options(out, Ranks.single()), PromptVersion.EN);
            assertThatThrownBy(() -> job.run(generator, impatient)).isInstanceOf(InterruptedRunException.class);
            assertThat(sorted(out)).hasSizeBetween(13, 20);
            run(out, Ranks.single(), generator);
            assertThat(sorted(out)).isEqualTo(sorted(whole));
        }
    }

    /** Whatever training would refuse is a failure of its row; the rest comes with a meta file for training. */
    @Test
    void dropoutWritesRowsThatTrainingTakes() throws IOException {
        NanoModel nano = NanoModel.write(folder, 1);
        Files.writeString(prompts, """
                {"image": "none.png", "question": "q", "chosen": "a b c d"}
                {"question": "q", "chosen": "  "}
                {"question": "q", "chosen": "one two three four"}
                {"image": ["a.png", "a.png"], "question": "<image> q", "chosen": "a b c d"}
                """);
        Files.writeString(folder.resolve("a.png"), "not looked at");
        Path out = folder.resolve("out");
        List<String> reasons = new ArrayList<>();
        SamplingListener noting = new SamplingListener() {
            @Override
            public void onFailure(String where, String reason) {
                reasons.add(reason);
            }
        };
        try (ChatGenerator generator = ChatGenerator.open(nano.folder(), ChatOptions.defaults())) {
            SamplingJob job =
                    SamplingJob.dropoutNtp(options(out, Ranks.single()), 0.5, DropoutPrefix.Words.SCRIPT_AWARE, false);
            assertThat(job.run(generator, noting).badRows()).isEqualTo(3);
        }
        assertThat(reasons).hasSize(3).allSatisfy(reason -> assertThat(reason).doesNotContain("prompts.jsonl"));
        assertThat(reasons.get(0)).contains("none.png does not exist");
        assertThat(reasons.get(1)).contains("chosen is blank");
        assertThat(reasons.get(2)).contains("1 <image> markers for 2 pictures");
        JsonNode meta = JSON.readTree(SampleMeta.file(out).toFile()).elements().next();
        assertThat(meta.get("root").textValue())
                .isEqualTo(folder.toAbsolutePath().toString());
        assertThat(out.resolve(meta.get("annotation").textValue())).exists();
        assertThat(ImageRoots.read(out, options(out, Ranks.single()).dataset())).contains(folder.toAbsolutePath());
    }

    @Test
    void dropoutContinuesTheFirstHalfWithoutTheImage() throws IOException {
        NanoModel nano = NanoModel.write(folder, 1);
        Files.writeString(prompts, """
                {"image": "unread.png", "question": "<image>\\nWhat?", "chosen": "one two three four"}
                {"question": "\u4ec0\u4e48?", "chosen": "\u7ea2\u8272\u7684\u5706\u3002", "rejected": null}
                """);
        Files.writeString(folder.resolve("unread.png"), "no picture, which nobody sees");
        Path out = folder.resolve("out");
        SamplingOptions options = options(out, Ranks.single());
        try (ChatGenerator generator = ChatGenerator.open(nano.folder(), ChatOptions.defaults())) {
            SamplingJob job = SamplingJob.dropoutNtp(options, 0.5, DropoutPrefix.Words.SCRIPT_AWARE, false);
            SamplingReport report = job.run(generator, new SamplingListener() {});
            assertThat(report.isComplete()).isTrue();
            for (String line : sorted(out)) {
                JsonNode row = JSON.readTree(line);
                String start = row.get("chosen").textValue().startsWith("one") ? "one two" : "\u7ea2\u8272";
                assertThat(row.get("rejected").textValue())
                        .startsWith(start)
                        .isNotEqualTo(row.get("chosen").textValue());
            }
            SamplingJob seeing = SamplingJob.dropoutNtp(
                    options(folder.resolve("seeing"), Ranks.single()), 0.5, DropoutPrefix.Words.SPACES, true);
            assertThat(seeing.run(generator, new SamplingListener() {}).failed())
                    .isEqualTo(SAMPLES);
        }
        assertThatThrownBy(() -> SamplingJob.dropoutNtp(options, 1.5, DropoutPrefix.Words.SPACES, false))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--start-ratio");
    }

    @Test
    void aDamagedLineAmongTheSamplesIsNotTakenForAnUnfinishedOne() throws IOException {
        Path out = Files.createDirectories(folder.resolve("out"));
        Files.writeString(out.resolve("sums.jsonl"), "{broken\n{}\n");
        assertThatThrownBy(() -> run(out, Ranks.single(), new Fake(0, -1)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("sums.jsonl:1");
    }
}
