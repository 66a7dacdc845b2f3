package dev.mpo.data.jsonl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.DataException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnpackedRowsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(PackedFormat.class)
    void rowsOfAPackedFileAreNamedByItsOwnLines(PackedFormat format) throws IOException {
        Path packed = write(format, "one", "two");
        try (JsonlFile file = JsonlFile.open(packed)) {
            assertThat(file.rowCount()).isEqualTo(2);
            assertThat(file.row(1).question()).isEqualTo("two");
            assertThat(file.where(1)).isEqualTo(packed + ":2");
        }
        assertThat(copies()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(PackedFormat.class)
    void aCopyIsReusedUntilTheFileChanges(PackedFormat format) throws IOException {
        Path packed = write(format, "one");
        JsonlFile.open(packed).close();
        String first = copies().get(0);
        JsonlFile.open(packed).close();
        assertThat(copies()).containsExactly(first);

        write(format, "one", "two", "three and more");
        try (JsonlFile file = JsonlFile.open(packed)) {
            assertThat(file.rowCount()).isEqualTo(3);
        }
        assertThat(copies()).hasSize(1).doesNotContain(first);
    }

    @ParameterizedTest
    @EnumSource(PackedFormat.class)
    void theIndexOfACopyIsKeptAtOnceAndGoesWithIt(PackedFormat format) throws IOException {
        LineIndexCache cache = new LineIndexCache(0, new CacheFiles(folder.resolve("cache")));
        Path packed = write(format, "one");
        try (JsonlFile file = JsonlFile.open(packed, cache)) {
            assertThat(file.indexOrigin()).isEqualTo(JsonlFile.IndexOrigin.WRITTEN);
        }
        try (JsonlFile file = JsonlFile.open(packed, cache)) {
            assertThat(file.indexOrigin()).isEqualTo(JsonlFile.IndexOrigin.REUSED);
        }
        write(format, "one", "two");
        JsonlFile.open(packed, cache).close();
        assertThat(names())
                .hasSize(3)
                .filteredOn(name -> name.endsWith(".mpo-index"))
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(PackedFormat.class)
    void aFileMayConsistOfSeveralPackedPieces(PackedFormat format) throws IOException {
        ByteArrayOutputStream pieces = new ByteArrayOutputStream();
        pieces.write(PackedRows.pack(format, line("one")));
        pieces.write(PackedRows.pack(format, new byte[0]));
        pieces.write(PackedRows.pack(format, line("two")));
        Path packed = Files.write(folder.resolve(PackedRows.name(format)), pieces.toByteArray());
        try (JsonlFile file = JsonlFile.open(packed)) {
            assertThat(file.rowCount()).isEqualTo(2);
            assertThat(file.row(1).question()).isEqualTo("two");
        }
    }

    @ParameterizedTest
    @EnumSource(PackedFormat.class)
    void aDamagedSecondPieceIsNotPassedOver(PackedFormat format) throws IOException {
        byte[] piece = PackedRows.pack(format, line("one"));
        byte[] two = Arrays.copyOf(piece, 2 * piece.length);
        System.arraycopy(piece, 0, two, piece.length, piece.length);
        Path packed = folder.resolve(PackedRows.name(format));
        for (int i = 0; i < 4; i++) {
            byte[] damaged = two.clone();
            damaged[piece.length + i] ^= 8;
            Files.write(packed, damaged);
            Files.setLastModifiedTime(packed, FileTime.from(Instant.ofEpochSecond(1_000_000 + i)));
            assertThatThrownBy(() -> JsonlFile.open(packed)).as("byte %d", i).isInstanceOf(DataException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(PackedFormat.class)
    void aCutFileIsADataProblemAndLeavesNothingBehind(PackedFormat format) throws IOException {
        Path packed = write(format, "one", "two");
        byte[] sound = Files.readAllBytes(packed);
        for (int length = 0; length < sound.length; length++) {
            Files.write(packed, Arrays.copyOf(sound, length));
            assertThatThrownBy(() -> JsonlFile.open(packed))
                    .as("%d bytes", length)
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining(packed + ": expected a whole " + format.label() + " file");
        }
        assertThat(names()).containsExactly(PackedRows.name(format));
    }

    @Test
    void aWindowThatTakesTooMuchMemoryIsRefused() throws IOException {
        // A frame header that asks for 2 GiB: magic number, descriptor, window 2^31, then one empty last block.
        byte[] frame = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 0, (byte) (21 << 3), 1, 0, 0};
        Path packed = Files.write(folder.resolve("rows.jsonl.zst"), frame);
        assertThatThrownBy(() -> JsonlFile.open(packed))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("too much memory");
    }

    private List<String> copies() throws IOException {
        return names().stream().filter(name -> name.endsWith(".mpo-rows")).toList();
    }

    private List<String> names() throws IOException {
        try (var found = Files.list(folder)) {
            return found.map(path -> path.getFileName().toString()).toList();
        }
    }

    private Path write(PackedFormat format, String... questions) throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        for (String question : questions) {
            plain.write(line(question));
        }
        return Files.write(folder.resolve(PackedRows.name(format)), PackedRows.pack(format, plain.toByteArray()));
    }

    private static byte[] line(String question) {
        return ("{\"question\": \"" + question + "\", \"chosen\": \"c\", \"rejected\": \"r\"}\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
