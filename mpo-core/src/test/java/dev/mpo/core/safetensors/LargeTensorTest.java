package dev.mpo.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uses a sparse file, which takes almost no space on disk. */
class LargeTensorTest {

    private static final long NUM_ELEMENTS = 1_200_000_000L;

    @TempDir
    Path dir;

    @Test
    void aTensorOfMoreThanTwoGibibytesIsReadToItsEnd() throws IOException {
        StoredTensor tensor =
                SafetensorsHeader.read(sparseFile((short) 0x3f80)).tensors().get(0);
        assertThat(tensor.info().numBytes()).isGreaterThan(1L << 31);
        List<Long> starts = new ArrayList<>();
        List<Short> lastOfPiece = new ArrayList<>();
        tensor.read(0, NUM_ELEMENTS, (first, bytes) -> {
            starts.add(first);
            lastOfPiece.add(bytes.getShort(bytes.limit() - 2));
        });
        assertThat(starts).startsWith(0L, 128L << 20).isSorted().hasSize(9);
        assertThat(lastOfPiece.get(8)).isEqualTo((short) 0x3f80);
        assertThat(lastOfPiece.subList(0, 8)).containsOnly((short) 0);
    }

    @Test
    void aRunBeyondTwoGibibytesStartsWhereItShould() throws IOException {
        StoredTensor tensor =
                SafetensorsHeader.read(sparseFile((short) 0x4000)).tensors().get(0);
        tensor.read(NUM_ELEMENTS - 2, 2, (first, bytes) -> {
            assertThat(first).isEqualTo(NUM_ELEMENTS - 2);
            assertThat(bytes.remaining()).isEqualTo(4);
            assertThat(bytes.getInt()).isEqualTo(0x40000000);
        });
        assertThatThrownBy(() -> tensor.read(NUM_ELEMENTS - 1, 2, (first, bytes) -> {}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private Path sparseFile(short lastElement) throws IOException {
        String json = "{\"big\":{\"dtype\":\"BF16\",\"shape\":[" + NUM_ELEMENTS + "],\"data_offsets\":[0,"
                + 2 * NUM_ELEMENTS + "]}}";
        Path file = dir.resolve("big.safetensors");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            ByteBuffer header = ByteBuffer.allocate(8 + json.length()).order(ByteOrder.LITTLE_ENDIAN);
            header.putLong(json.length()).put(json.getBytes(StandardCharsets.US_ASCII));
            channel.write(header.flip());
            ByteBuffer last =
                    ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort(lastElement);
            channel.write(last.flip(), 8 + json.length() + 2 * (NUM_ELEMENTS - 1));
        }
        return file;
    }
}
