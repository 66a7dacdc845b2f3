package dev.mpo.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mpo.core.CheckpointException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JsonTextTest {

    @TempDir
    Path dir;

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of("{\"a\": 1,\n}", 2, "a comma stands before the closing }; remove it"),
                Arguments.of("{\"a\": [1, 2,]}", 1, "a comma stands before the closing ]; remove it"),
                Arguments.of("{\"a\": [1,, 2]}", 1, "a comma stands where a value must; remove it"),
                Arguments.of("{\"a\": 1 \"b\": 2}", 1, "a comma or a colon is missing"),
                Arguments.of("{\"a\": \"x\" \"b\": 2}", 1, "a comma or a colon is missing"),
                Arguments.of("{'a': 1}", 1, "single quotes"),
                Arguments.of("{\"a\": 1} // x", 1, "a comment"),
                Arguments.of("{\"a\": True}", 1, "Python's True"),
                Arguments.of("{\"a\": 1, \"a\": 2}", 1, "the key \"a\" is written twice in one object"),
                Arguments.of("{\"a\": 1}{\"b\": 1}", 1, "something follows after its end"),
                Arguments.of("{\"a\": \"x\ny\"}", 1, "control character"),
                Arguments.of("{\"a\": 1", 1, "it ends in the middle"),
                Arguments.of("<html>", 1, "it reads \"<html>\" where something else must stand"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aFaultIsNamedInOurWords(String text, int line, String finding) {
        MalformedJsonException fault = catchThrowableOfType(MalformedJsonException.class, () -> JsonText.parse(text));
        assertThat(fault).hasMessageContaining(finding);
        assertThat(fault.line()).isEqualTo(line);
    }

    @Test
    void absurdDepthAndLengthAreRefusedInOurWords() {
        assertThatThrownBy(() -> JsonText.parse("[".repeat(100_000)))
                .hasMessageEndingWith("objects and lists are nested more than 1,000 deep");
        assertThatThrownBy(() -> JsonText.parse("[" + "1".repeat(5_000) + "]"))
                .hasMessageEndingWith("a number, key or text in it is absurdly long");
    }

    @Test
    void encodingsThatJsonDoesNotHaveAreNamed() {
        assertThatThrownBy(() -> JsonText.parse("\uFEFF{}".getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("byte order mark");
        assertThatThrownBy(() -> JsonText.parse("\uFEFF{}".getBytes(StandardCharsets.UTF_16LE)))
                .hasMessageContaining("UTF-16");
        assertThatThrownBy(() -> JsonText.parse(new byte[] {'{', (byte) 0xC3, '}'}))
                .hasMessageContaining("not text in UTF-8");
        assertThatThrownBy(() -> JsonText.parse(new byte[0])).hasMessage("is empty");
    }

    @Test
    void numbersThatPythonWritesAreRead() throws MalformedJsonException {
        assertThat(JsonText.parse("{\"a\": NaN, \"b\": -Infinity}").path("a").doubleValue())
                .isNaN();
    }

    @Test
    void aFileIsNamedOnceWithItsRemedy() throws IOException {
        Path file = Files.writeString(dir.resolve("x.json"), "[1]");
        assertRefused(file, file + ": expected one JSON object in braces, got a list in brackets. Fetch it.");
        Files.writeString(file, "{\n\"a\": 1,}");
        assertRefused(file, file + ":2 is not valid JSON: a comma stands before the closing }; remove it. Fetch it.");
        Files.writeString(file, "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 3\n");
        assertRefused(file, file + " " + LfsPointer.explanation());
        Path none = dir.resolve("none.json");
        assertRefused(none, none + ": no such file. Fetch it.");
        assertRefused(dir, dir + ": expected a file, got a folder or a device. Fetch it.");
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> JsonFile.object(file, "Fetch it."))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(message);
    }
}
