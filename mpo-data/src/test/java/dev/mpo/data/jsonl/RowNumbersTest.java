package dev.mpo.data.jsonl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowNumbersTest {

    private static final int ROWS = 100;

    @TempDir
    private Path folder;

    private final AtomicInteger asked = new AtomicInteger();

    @BeforeEach
    void writeRows() throws IOException {
        write(Instant.parse("2024-01-01T00:00:00Z"), ROWS);
    }

    @Test
    void numbersAreFoundOnceAndThenReadFromDisk() throws IOException {
        for (int i = 0; i < 3; i++) {
            RowNumbers numbers = numbers("squares");
            assertThat(IntStream.range(0, ROWS).map(numbers::of).toArray())
                    .isEqualTo(IntStream.range(0, ROWS).map(row -> row * row).toArray());
            assertThat(asked).hasValue(1);
        }
        assertThat(folder.resolve(".rows.jsonl.squares.mpo-numbers")).exists();
        numbers("others");
        assertThat(asked).hasValue(2);
    }

    @Test
    void anotherVersionOfTheFileIsAskedAnew() throws IOException {
        long before = numbers("squares").checksum();
        write(Instant.parse("2024-01-01T00:00:01Z"), ROWS);
        assertThat(numbers("squares").checksum()).isEqualTo(before);
        write(Instant.parse("2024-01-01T00:00:01Z"), ROWS + 1);
        assertThat(numbers("squares").checksum()).isNotEqualTo(before);
        assertThat(asked).hasValue(3);
    }

    @Test
    void damagedNumbersAreFoundAnew() throws IOException {
        numbers("squares");
        Path kept = folder.resolve(".rows.jsonl.squares.mpo-numbers");
        byte[] bytes = Files.readAllBytes(kept);
        bytes[200] ^= 1;
        Files.write(kept, bytes);
        assertThat(numbers("squares").of(7)).isEqualTo(49);
        assertThat(asked).hasValue(2);
    }

    @Test
    void numbersOfAFileThatMayStillChangeAreNotKept() throws IOException {
        write(Instant.now(), ROWS);
        assertThat(numbers("squares").of(9)).isEqualTo(81);
        assertThat(folder.resolve(".rows.jsonl.squares.mpo-numbers")).doesNotExist();
    }

    @Test
    void aSourceThatForgetsRowsIsAnError() {
        try (JsonlFile file = JsonlFile.open(folder.resolve("rows.jsonl"))) {
            assertThatThrownBy(() -> RowNumbers.of(file, "few", sink -> sink.accept(1), cache()))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    private CacheFiles cache() {
        return new CacheFiles(folder.resolve("cache"));
    }

    private RowNumbers numbers(String key) {
        try (JsonlFile file = JsonlFile.open(folder.resolve("rows.jsonl"))) {
            return RowNumbers.of(
                    file,
                    key,
                    sink -> {
                        asked.incrementAndGet();
                        IntStream.range(0, file.rowCount()).forEach(row -> sink.accept(row * row));
                    },
                    cache());
        }
    }

    private void write(Instant time, int rows) throws IOException {
        Path file = folder.resolve("rows.jsonl");
        Files.writeString(file, "{}\n".repeat(rows));
        Files.setLastModifiedTime(file, FileTime.from(time));
    }
}
