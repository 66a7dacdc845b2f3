package dev.mpo.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.DataException;
import dev.mpo.testkit.UserWords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A download that Git left pointers in, because Git LFS was not installed. */
final class LfsPointerTest {

    private static final String POINTER =
            "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22e\nsize 12345\n";

    @TempDir
    Path folder;

    private void writeDownload(String archive) throws IOException {
        Files.createDirectories(folder.resolve("annotations"));
        Files.writeString(
                folder.resolve("annotations/x.jsonl"),
                "{\"question\": \"q\", \"chosen\": \"a\", \"rejected\": \"b\"}\n");
        Files.writeString(
                folder.resolve("meta.json"),
                "{\"x\": {\"root\": \"MMPR/images\", \"annotation\": \"MMPR/annotations/x.jsonl\", \"repeat_time\": 1}}");
        Files.writeString(folder.resolve(archive), POINTER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"images.zip", "images.tar", "images.tar.gz", "images.tar.zst"})
    void anArchiveThatIsAPointerIsNamedWithTheRemedy(String archive) throws IOException {
        writeDownload(archive);
        assertThatThrownBy(() ->
                        DataPreparation.prepare(PrepareOptions.of(folder, folder), null, (name, done, total) -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(folder.resolve(archive) + " is a Git LFS pointer")
                .hasMessageContaining("git lfs pull")
                .satisfies(failure -> UserWords.requireIn(failure, archive));
    }

    @Test
    void nothingIsUnpackedThen() throws IOException {
        writeDownload("images.zip");
        assertThatThrownBy(
                () -> DataPreparation.prepare(PrepareOptions.of(folder, folder), null, (name, done, total) -> {}));
        assertThat(folder.resolve("images")).doesNotExist();
    }
}
