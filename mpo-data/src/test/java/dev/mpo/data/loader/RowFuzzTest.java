package dev.mpo.data.loader;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mpo.core.DataException;
import dev.mpo.data.check.CheckOptions;
import dev.mpo.data.check.DataCheck;
import dev.mpo.data.check.FindingKind;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.meta.PathMap;
import dev.mpo.data.pair.OnTooLong;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairEncoder;
import dev.mpo.data.pair.PairOptions;
import dev.mpo.data.pair.Workspace;
import dev.mpo.data.synth.NanoTokenizerWriter;
import dev.mpo.data.text.ChatTemplate;
import dev.mpo.data.text.Tokenizer;
import dev.mpo.data.text.Tokenizers;
import dev.mpo.testkit.Mutations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged annotation files, read by the loader with a real tokenizer: every line is delivered or reported by its place,
 * and nothing hangs or fails in another way. A check of the same file says of the same lines that they are bad.
 */
class RowFuzzTest {

    private static final int EVERYDAY_FILES = 400;
    private static final Set<FindingKind> NO_PREFERENCE =
            EnumSet.of(FindingKind.EMPTY_ANSWER, FindingKind.EQUAL_ANSWERS);
    private static final List<String> PIECES = List.of(
            "<image>",
            "<IMG_CONTEXT>",
            "</img>",
            "<|im_end|>",
            "\\ud83d",
            "\\udc00\\ud800",
            "\\u0000",
            "\n",
            "\\n",
            "\"",
            "{",
            "}",
            "[[[[",
            "null",
            "1e999",
            "\u2028",
            "\uFEFF",
            "日本語",
            "../../../../etc/passwd",
            "http://127.0.0.1/x.png",
            "a.png\\u0000.jpg",
            "/dev/null",
            "/dev/zero",
            "\"image\": \"/dev/zero\", ",
            ".",
            "\"image\": 7, ",
            "\"image\": [], ",
            "\"image\": [\"a.png\"], ",
            "\"chosen\": \"\", ",
            "\"question\": {\"a\": 1}, ");

    @TempDir
    private Path folder;

    private final SplittableRandom random = new SplittableRandom(11);

    @BeforeEach
    void writeFiles() {
        new Workspace(folder)
                .image("a.png", 60, 30)
                .dataset("rows", List.of("{}"))
                .open()
                .forEach(PairDataset::close);
        NanoTokenizerWriter.write(folder.resolve("tokenizer"), List.of("what is red or blue"));
    }

    @Test
    @Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void everyLineIsDeliveredOrReported() throws IOException {
        long bad = 0;
        long good = 0;
        try (Tokenizer tokenizer = Tokenizers.load(folder.resolve("tokenizer"))) {
            PairOptions options = PairOptions.of(new TileOptions(28, 1, 6, true, true), 2, 300, OnTooLong.CUT);
            PairEncoder encoder = PairEncoder.create(tokenizer, ChatTemplate.of("internvl2_5"), options);
            for (int file = 0; file < Mutations.rounds(EVERYDAY_FILES); file++) {
                byte[] bytes = damaged();
                Files.write(folder.resolve("rows.jsonl"), bytes);
                Set<Integer> reported = new TreeSet<>();
                int lines = lines(bytes);
                Set<Integer> delivered = read(encoder, lines, reported);
                Set<Integer> all = new TreeSet<>(delivered);
                all.addAll(reported);
                assertThat(all).as("file %d of %d lines", file, lines).hasSize(lines);
                assertThat(delivered.size() + reported.size()).isEqualTo(lines);
                assertThat(lines == 0 ? Set.of() : foundByACheck(encoder))
                        .as("file %d:%n%s", file, new String(bytes, StandardCharsets.UTF_8))
                        .isEqualTo(reported);
                bad += reported.size();
                good += delivered.size();
            }
        }
        assertThat(bad).isGreaterThan(EVERYDAY_FILES);
        assertThat(good).isGreaterThan(EVERYDAY_FILES);
    }

    /** Returns the lines that are delivered at their own places, and adds those that are reported there. */
    private Set<Integer> read(PairEncoder encoder, int lines, Set<Integer> reported) throws IOException {
        Set<Integer> delivered = new TreeSet<>();
        if (lines == 0) {
            return delivered;
        }
        Path report = folder.resolve("bad_samples.jsonl");
        Files.deleteIfExists(report);
        List<PairDataset> datasets = PairDataset.load(List.of(folder.resolve("meta.json")), PathMap.none());
        assertThat(datasets.get(0).rowCount()).isEqualTo(lines);
        SampleOrder order = SampleOrder.of(datasets, 1, false);
        for (int line = 0; line < lines; line++) {
            // Each on its own, because a row whose substitutes are all bad ends the loader.
            LoaderOptions options = LoaderOptions.of(1)
                    .withPositions(line, line + 1)
                    .withBadSamples(OnBadSample.REPLACE, 1, 1000)
                    .withReport(report);
            try (PairLoader loader = PairLoader.start(datasets, encoder, order, options)) {
                if (loader.next().line() == line) {
                    delivered.add(line);
                }
            } catch (DataException e) {
                assertThat(e.getMessage()).contains(folder.resolve("rows.jsonl") + ":");
            }
        }
        datasets.forEach(PairDataset::close);
        if (Files.exists(report)) {
            for (String text : Files.readAllLines(report)) {
                JsonNode entry = new JsonMapper().readTree(text);
                int line = entry.get("line").intValue();
                assertThat(entry.get("where").textValue()).endsWith("rows.jsonl:" + (line + 1));
                assertThat(entry.get("reason").textValue()).contains("rows.jsonl:" + (line + 1));
                if (entry.get("position").intValue() == line) {
                    reported.add(line);
                }
            }
        }
        return delivered;
    }

    /** Returns the lines that a check finds bad, those left out that training takes and only have no preference. */
    private Set<Integer> foundByACheck(PairEncoder encoder) {
        List<PairDataset> datasets = PairDataset.load(List.of(folder.resolve("meta.json")), PathMap.none());
        Set<Integer> found = new TreeSet<>();
        try {
            DataCheck.run(
                    datasets,
                    CheckOptions.withoutModel().withEncoder(encoder),
                    finding -> {
                        if (finding.kind().bad() && !NO_PREFERENCE.contains(finding.kind())) {
                            found.add(finding.line());
                        }
                    },
                    (done, total) -> {});
        } finally {
            datasets.forEach(PairDataset::close);
        }
        return found;
    }

    /** Counts lines as an editor does, those at the end left out that are blank. */
    private static int lines(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        String[] lines = text.split("\n", -1);
        int count = lines.length;
        while (count > 0 && lines[count - 1].matches("[ \t\r]*")) {
            count--;
        }
        return count;
    }

    private byte[] damaged() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            rows.add(
                    switch (random.nextInt(4)) {
                        case 0 -> Workspace.textRow("what " + i);
                        case 1 ->
                            "{\"image\": \"a.png\", \"question\": \"what\", \"chosen\": \"red\", \"rejected\": \"blue\"}";
                        case 2 ->
                            "{\"image\": [\"a.png\", \"a.png\"], \"question\": \"<image> <image>\", \"chosen\": \"red\","
                                    + " \"rejected\": \"blue\", \"length\": 12, \"answer_gt\": [1, {\"a\": null}]}";
                        default ->
                            "{\"question\": \"" + "is ".repeat(random.nextInt(200)) + "\", \"chosen\": \"red\","
                                    + " \"rejected\": \"blue\", \"system_prompt\": \"s\", \"chosen_meta\": {}}";
                    });
        }
        byte[] bytes = (String.join("\n", rows) + "\n").getBytes(StandardCharsets.UTF_8);
        int mutations = random.nextInt(1, 4);
        for (int i = 0; i < mutations; i++) {
            bytes = random.nextBoolean() ? Mutations.once(bytes, random) : withPiece(bytes);
        }
        return bytes;
    }

    /** Puts something awkward somewhere, mostly behind a quotation mark, where it is part of a text. */
    private byte[] withPiece(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int at = random.nextInt(text.length() + 1);
        int quote = text.indexOf('"', at);
        if (quote >= 0 && random.nextInt(4) > 0) {
            at = random.nextBoolean() ? quote + 1 : quote;
        }
        String piece = random.nextInt(20) == 0
                ? "[".repeat(random.nextInt(1, 3000))
                : PIECES.get(random.nextInt(PIECES.size()));
        String raw = new String(piece.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return (text.substring(0, at) + raw + text.substring(at)).getBytes(StandardCharsets.ISO_8859_1);
    }
}
