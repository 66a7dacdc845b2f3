package dev.mpo.data.jsonl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.DataException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedRowsTest {

    @TempDir
    private Path folder;

    @Test
    void rowsOfAGzipFileAreNamedByItsOwnLines() throws IOException {
        Path packed = write("one", "two");
        try (JsonlFile file = JsonlFile.open(packed)) {
            assertThat(file.rowCount()).isEqualTo(2);
            assertThat(file.row(1).question()).isEqualTo("two");
            assertThat(file.where(1)).isEqualTo(packed + ":2");
        }
        assertThat(copies()).hasSize(1);
    }

    @Test
    void aCopyIsReusedUntilTheFileChanges() throws IOException {
        JsonlFile.open(write("one")).close();
        String first = copies().get(0);
        JsonlFile.open(folder.resolve("rows.jsonl.gz")).close();
        assertThat(copies()).containsExactly(first);

        Path packed = write("one", "two", "three and more");
        try (JsonlFile file = JsonlFile.open(packed)) {
            assertThat(file.rowCount()).isEqualTo(3);
        }
        assertThat(copies()).hasSize(1).doesNotContain(first);
    }

    @Test
    void aDamagedFileIsADataProblemAndLeavesNothingBehind() throws IOException {
        Path packed = write("one", "two");
        byte[] sound = Files.readAllBytes(packed);
        for (int length = 0; length < sound.length; length++) {
            Files.write(packed, Arrays.copyOf(sound, length));
            assertThatThrownBy(() -> JsonlFile.open(packed))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("rows.jsonl.gz: expected a whole gzip file");
        }
        assertThat(copies()).isEmpty();
        try (var left = Files.list(folder)) {
            assertThat(left).hasSize(1);
        }
    }

    private List<String> copies() throws IOException {
        try (var found = Files.list(folder)) {
            return found.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".mpo-rows"))
                    .toList();
        }
    }

    private Path write(String... questions) throws IOException {
        Path packed = folder.resolve("rows.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            for (String question : questions) {
                out.write(("{\"question\": \"" + question + "\", \"chosen\": \"c\", \"rejected\": \"r\"}\n")
                        .getBytes(StandardCharsets.UTF_8));
            }
        }
        return packed;
    }
}
