package dev.mpo.data.jsonl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonlFileTest {

    @TempDir
    private Path folder;

    @Test
    void rowsAreReadInAnyOrder() {
        try (JsonlFile file = open(line("one") + "\n" + line("二") + "\r\n" + line("three"))) {
            assertThat(file.rowCount()).isEqualTo(3);
            assertThat(file.row(2).question()).isEqualTo("three");
            assertThat(file.row(1).question()).isEqualTo("二");
            assertThat(file.row(0).question()).isEqualTo("one");
            assertThat(file.where(1)).isEqualTo(file.path() + ":2");
        }
    }

    @Test
    void blankLinesCountExceptAtTheEnd() {
        try (JsonlFile file = open(line("one") + "\n\n" + line("three") + "\n \n\n")) {
            assertThat(file.rowCount()).isEqualTo(3);
            assertThat(file.row(2).question()).isEqualTo("three");
            assertThatThrownBy(() -> file.row(1))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining(file.path() + ":2: expected a JSON object, got an empty line");
        }
        try (JsonlFile empty = open("\n\n")) {
            assertThat(empty.rowCount()).isZero();
        }
    }

    @Test
    void linesAcrossTheReadingBufferAreWhole() {
        String longText = "x".repeat(700_000);
        StringBuilder content = new StringBuilder();
        IntStream.range(0, 5).forEach(i -> content.append(line(i + longText)).append('\n'));
        try (JsonlFile file = open(content.toString())) {
            assertThat(file.rowCount()).isEqualTo(5);
            for (int i = 0; i < 5; i++) {
                assertThat(file.row(i).question()).isEqualTo(i + longText);
            }
        }
    }

    @Test
    void aByteOrderMarkIsSkipped() {
        try (JsonlFile file = open("\uFEFF" + line("one"))) {
            assertThat(file.row(0).question()).isEqualTo("one");
        }
    }

    @Test
    void malformedJsonNamesFileLineAndColumn() {
        try (JsonlFile file = open(line("one") + "\n{\"question\": \"a\", oops}\n")) {
            assertThatThrownBy(() -> file.row(1))
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith(file.path() + ":2:19: not valid JSON")
                    .hasMessageContaining("oops");
        }
    }

    @Test
    void imagesMayBeAPathAListOrAbsent() {
        assertThat(row("\"image\": \"a.png\",").images()).containsExactly("a.png");
        assertThat(row("\"image\": \"a.png\",").imageList()).isFalse();
        assertThat(row("\"image\": [\"a.png\"],").imageList()).isTrue();
        assertThat(row("\"image\": [\"a.png\", \"b.png\"],").images()).containsExactly("a.png", "b.png");
        for (String none : List.of("", "\"image\": \"\",", "\"image\": [],", "\"image\": null,")) {
            assertThat(row(none).images()).isEmpty();
            assertThat(row(none).imageList()).isFalse();
        }
    }

    @Test
    void optionalFieldsAreKept() {
        PreferenceRow row =
                row("\"answer_gt\": 7, \"chosen_meta\": {\"a\": [1]}, \"rejected_meta\": null, \"video\": null,"
                        + " \"system_prompt\": \"s\", \"length\": 12, \"something_else\": {},");
        assertThat(row.answerGt()).hasToString("7");
        assertThat(row.chosenMeta()).hasToString("{\"a\":[1]}");
        assertThat(row.rejectedMeta()).isNull();
        assertThat(row.video()).isNull();
        assertThat(row.systemPrompt()).isEqualTo("s");
        assertThat(row.length()).isEqualTo(12L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"question\": \"q\", \"chosen\": \"c\"} | :1: \"rejected\" is missing: expected a string, got only the keys [question, chosen]",
                "{\"question\": \"q\", \"chosen\": 7, \"rejected\": \"\"} | :1: \"chosen\": expected a string, got number 7",
                "{\"question\": null, \"chosen\": \"\", \"rejected\": \"\"} | :1: \"question\" is missing",
                "{\"image\": {}, \"question\": \"\", \"chosen\": \"\", \"rejected\": \"\"} | :1: \"image\": expected a path or a list of paths, got object {}",
                "{\"image\": [1], \"question\": \"\", \"chosen\": \"\", \"rejected\": \"\"} | :1: \"image\": expected a list of paths, got number 1",
                "[1] | :1:1: expected a JSON object, got array",
                "{\"question\": \"q\"} {} | :1:19: not valid JSON",
                "{\"question\": \"q\", \"question\": \"r\"} | :1:29: not valid JSON: Duplicate field 'question'",
                "{\"question\": \"q | :1:16: not valid JSON",
            })
    void aWrongRowIsRefusedWithItsPlace(String line, String message) {
        try (JsonlFile file = open(line)) {
            assertThatThrownBy(() -> file.row(0))
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith(file.path() + message);
        }
    }

    @Test
    void textThatIsNotUtf8IsRefused() throws IOException {
        Path path = folder.resolve("latin.jsonl");
        Files.write(path, line("caf\u00e9").getBytes(StandardCharsets.ISO_8859_1));
        try (JsonlFile file = JsonlFile.open(path)) {
            assertThatThrownBy(() -> file.row(0)).hasMessageContaining(path + ":1: not valid UTF-8");
        }
    }

    @Test
    void aMissingFileIsADataProblem() {
        assertThatThrownBy(() -> JsonlFile.open(folder.resolve("none.jsonl")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("none.jsonl does not exist");
    }

    private PreferenceRow row(String fields) {
        try (JsonlFile file = open("{" + fields + "\"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}")) {
            return file.row(0);
        }
    }

    private static String line(String question) {
        return "{\"question\": \"" + question + "\", \"chosen\": \"c\", \"rejected\": \"r\"}";
    }

    private JsonlFile open(String content) {
        Path path = folder.resolve("rows.jsonl");
        try {
            Files.writeString(path, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return JsonlFile.open(path);
    }
}
