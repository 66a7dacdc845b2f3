package dev.mpo.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {

    private static final List<TensorInfo> TENSORS =
            List.of(new TensorInfo("a", StoredType.F32, List.of(2L)), new TensorInfo("b", StoredType.BF16, List.of()));

    @TempDir
    Path dir;

    @Test
    void filesHaveTheFormatOfThePythonLibrary() throws IOException {
        Path file = dir.resolve("m.safetensors");
        SafetensorsWriter.write(
                file, TENSORS, (tensor, out) -> out.write(ByteBuffer.allocate((int) tensor.numBytes())));
        byte[] bytes = Files.readAllBytes(file);
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        assertThat(length % 8).isZero();
        assertThat(new String(Arrays.copyOfRange(bytes, 8, 8 + length), StandardCharsets.UTF_8).stripTrailing())
                .isEqualTo("{\"__metadata__\":{\"format\":\"pt\"},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                        + "\"b\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[8,10]}}");
        assertThat(bytes).hasSize(8 + length + 10);
        assertThat(SafetensorsHeader.read(file).tensors())
                .extracting(StoredTensor::info)
                .isEqualTo(TENSORS);
    }

    @Test
    void aFailedWriteLeavesTheOldFileAlone() throws IOException {
        Path file = Files.writeString(dir.resolve("m.safetensors"), "old");
        assertThatThrownBy(() -> SafetensorsWriter.write(file, TENSORS, (tensor, out) -> {
                    throw new IOException("disk full");
                }))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("m.safetensors", "disk full");
        assertThat(file).hasContent("old");
        assertThat(dir.resolve("m.safetensors.tmp")).doesNotExist();
    }

    @Test
    void aSourceThatWritesTooLittleIsAProgrammingError() {
        assertThatThrownBy(() -> SafetensorsWriter.write(dir.resolve("m.safetensors"), TENSORS, (tensor, out) -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("0 bytes instead of 8");
        assertThat(dir.resolve("m.safetensors")).doesNotExist();
    }
}
