package dev.mpo.data.jsonl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.DataException;
import dev.mpo.testkit.Mutations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damaged packed files: refused, or unpacked to every row that was packed, and never to fewer. */
class PackedFuzzTest {

    private static final int EVERYDAY_ROUNDS = 400;
    private static final int PIECES = 3;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(PackedFormat.class)
    @Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aDamagedFileIsRefusedOrWhole(PackedFormat format) throws IOException {
        byte[] plain = plain();
        List<byte[]> pieces = pieces(format, plain);
        byte[] sound = joined(pieces);
        // A file of fewer whole pieces is a sound file.
        List<byte[]> shorter = List.of(joined(pieces.subList(0, 1)), joined(pieces.subList(0, 2)));
        SplittableRandom random = new SplittableRandom(7);
        Path packed = folder.resolve(PackedRows.name(format));
        int refused = 0;
        int rounds = Mutations.rounds(EVERYDAY_ROUNDS);
        for (int round = 0; round < rounds; round++) {
            byte[] damaged = Mutations.once(sound, random);
            if (shorter.stream().anyMatch(whole -> Arrays.equals(whole, damaged))) {
                continue;
            }
            Files.write(packed, damaged);
            Files.setLastModifiedTime(packed, FileTime.from(Instant.ofEpochSecond(1_000_000 + round)));
            try {
                Path copy = UnpackedRows.of(packed, new CacheFiles(folder.resolve("cache")));
                byte[] unpacked = Files.readAllBytes(copy);
                assertThat(Arrays.equals(unpacked, plain)).as("round %d", round).isTrue();
            } catch (DataException e) {
                assertThat(e).hasMessageContaining(packed.toString());
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(rounds / 2);
    }

    private static List<byte[]> pieces(PackedFormat format, byte[] plain) {
        int length = plain.length / PIECES;
        List<byte[]> pieces = new ArrayList<>();
        for (int from = 0; from < plain.length; from += length) {
            pieces.add(PackedRows.pack(format, Arrays.copyOfRange(plain, from, from + length)));
        }
        return pieces;
    }

    private static byte[] joined(List<byte[]> pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pieces.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static byte[] plain() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            text.append("{\"question\": \"question %02d\", \"chosen\": \"yes\", \"rejected\": \"no\"}\n".formatted(i));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
