package dev.mpo.data.jsonl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.data.jsonl.JsonlFile.IndexOrigin;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineIndexCacheTest {

    private static final Instant LONG_AGO = Instant.parse("2024-01-01T00:00:00.123456789Z");

    @TempDir
    private Path folder;

    @Test
    void theIndexIsWrittenOnceAndThenReused() throws IOException {
        write("one", "two");

        assertThat(open()).isEqualTo(IndexOrigin.WRITTEN);
        assertThat(beside()).exists();
        assertThat(open("one", "two")).isEqualTo(IndexOrigin.REUSED);
    }

    @Test
    void aChangeOfSizeOrTimeMakesANewIndex() throws IOException {
        write("one", "two");
        open();
        write("one", "two and more", "three");
        assertThat(open("one", "two and more", "three")).isEqualTo(IndexOrigin.WRITTEN);

        write("one and more", "two", "three");
        Files.setLastModifiedTime(rows(), FileTime.from(LONG_AGO.plusNanos(1000)));
        assertThat(open("one and more", "two", "three")).isEqualTo(IndexOrigin.WRITTEN);
        assertThat(open("one and more", "two", "three")).isEqualTo(IndexOrigin.REUSED);
    }

    @Test
    void aDamagedIndexIsReplaced() throws IOException {
        write("one", "two");
        open();
        byte[] sound = Files.readAllBytes(beside());
        for (int i = 0; i < sound.length; i++) {
            byte[] damaged = sound.clone();
            damaged[i] ^= 4;
            Files.write(beside(), damaged);
            boolean unused = i >= 40 && i < 64;
            assertThat(open("one", "two")).isEqualTo(unused ? IndexOrigin.REUSED : IndexOrigin.WRITTEN);
            Files.write(beside(), java.util.Arrays.copyOf(sound, i));
            assertThat(open("one", "two")).isEqualTo(IndexOrigin.WRITTEN);
        }
    }

    @Test
    void theCacheFolderIsUsedWhereTheFilesFolderCannotBe() throws IOException {
        write("one", "two");
        Files.createDirectories(beside().resolve("in the way"));

        assertThat(open()).isEqualTo(IndexOrigin.WRITTEN);
        assertThat(open("one", "two")).isEqualTo(IndexOrigin.REUSED);
        try (var kept = Files.list(folder.resolve("cache"))) {
            assertThat(kept).hasSize(1);
        }
    }

    @Test
    void withoutAnyPlaceTheIndexStaysInMemory() throws IOException {
        write("one", "two");
        Files.createDirectories(beside().resolve("in the way"));
        Files.writeString(folder.resolve("cache"), "a file");

        assertThat(open("one", "two")).isEqualTo(IndexOrigin.MEMORY);
        try (var left = Files.list(folder)) {
            assertThat(left.map(path -> path.getFileName().toString())).noneMatch(name -> name.endsWith(".tmp"));
        }
    }

    @Test
    void aFileThatHasJustBeenWrittenIsNotTrusted() throws IOException {
        write("one", "two");
        Files.setLastModifiedTime(rows(), FileTime.from(Instant.now()));

        assertThat(open("one", "two")).isEqualTo(IndexOrigin.MEMORY);
        assertThat(beside()).doesNotExist();
    }

    @Test
    void smallFilesGetNoIndexOnDisk() throws IOException {
        write("one", "two");
        try (JsonlFile file = JsonlFile.open(rows())) {
            assertThat(file.indexOrigin()).isEqualTo(IndexOrigin.MEMORY);
        }
        assertThat(beside()).doesNotExist();
    }

    @Test
    void linesBeginWhereSplittingTheTextPutsThem() throws IOException {
        Random random = new Random(3);
        char[] alphabet = {'\n', '\n', ' ', '\r', '\t', 'x', '\u000b', '\u008a', 'é'};
        for (int i = 0; i < 300; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(400);
            for (int j = 0; j < length; j++) {
                text.append(alphabet[random.nextInt(alphabet.length)]);
            }
            Path file = Files.writeString(folder.resolve("text"), text);
            long[] expected = expected(Files.readAllBytes(file));
            for (int segment : new int[] {1, 7, 64, 1 << 20}) {
                List<Long> starts = new ArrayList<>();
                long count = scan(file, segment, starts);
                assertThat(starts.subList(0, (int) count + 1).stream()
                                .mapToLong(Long::longValue)
                                .toArray())
                        .as("%s in stretches of %d", text, segment)
                        .isEqualTo(expected);
            }
        }
    }

    private static long scan(Path file, int segment, List<Long> starts) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return LineScan.scan(channel, channel.size(), 3, segment, starts::add);
        }
    }

    /** Looks at one byte after the other. */
    private static long[] expected(byte[] bytes) {
        List<Long> starts = new ArrayList<>(List.of(0L));
        int used = 1;
        boolean text = false;
        for (int i = 0; i < bytes.length; i++) {
            text |= !List.of((byte) '\n', (byte) ' ', (byte) '\r', (byte) '\t').contains(bytes[i]);
            if (bytes[i] == '\n' || i == bytes.length - 1) {
                starts.add(i + 1L);
                used = text ? starts.size() : used;
                text = false;
            }
        }
        return starts.subList(0, used).stream().mapToLong(Long::longValue).toArray();
    }

    private Path rows() {
        return folder.resolve("rows.jsonl");
    }

    private Path beside() {
        return folder.resolve(".rows.jsonl.mpo-index");
    }

    private void write(String... questions) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String question : questions) {
            text.append("{\"question\": \"" + question + "\", \"chosen\": \"c\", \"rejected\": \"r\"}\n");
        }
        Files.writeString(rows(), text);
        Files.setLastModifiedTime(rows(), FileTime.from(LONG_AGO));
    }

    private IndexOrigin open(String... expected) {
        LineIndexCache cache = new LineIndexCache(0, new CacheFiles(folder.resolve("cache")));
        try (JsonlFile file = JsonlFile.open(rows(), cache)) {
            if (expected.length > 0) {
                assertThat(file.rowCount()).isEqualTo(expected.length);
                for (int i = 0; i < expected.length; i++) {
                    assertThat(file.row(i).question()).isEqualTo(expected[i]);
                }
            }
            return file.indexOrigin();
        }
    }
}
