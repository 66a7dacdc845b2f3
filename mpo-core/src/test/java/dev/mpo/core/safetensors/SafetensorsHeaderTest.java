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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsHeaderTest {

    @TempDir
    Path dir;

    @Test
    void tensorsComeInTheOrderOfTheirBytes() throws IOException {
        Path file = file("""
                {"__metadata__": {"format": "pt"},
                 "b": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]},
                 "a": {"dtype": "BF16", "shape": [1, 2], "data_offsets": [0, 4]},
                 "empty": {"dtype": "F32", "shape": [0, 3], "data_offsets": [12, 12]},
                 "scalar": {"dtype": "I64", "shape": [], "data_offsets": [12, 20]}}""", 20);
        SafetensorsHeader header = SafetensorsHeader.read(file);
        assertThat(header.tensors()).extracting(StoredTensor::name).containsExactly("a", "b", "empty", "scalar");
        StoredTensor b = header.tensors().get(1);
        assertThat(b.info()).isEqualTo(new TensorInfo("b", StoredType.F32, List.of(2L)));
        assertThat(b.offset()).isEqualTo(Files.size(file) - 16);
    }

    @Test
    void headersThatContradictTheFileAreRefused() throws IOException {
        assertRefused("{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 4]}}", 4, "8 bytes");
        assertRefused("{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]}}", 4, "to end at byte");
        assertRefused("{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}}", 9, "expected");
        assertRefused(
                "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [4, 8]}}", 8, "to start at byte 0");
        assertRefused(
                "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]},"
                        + "\"b\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [2, 6]}}",
                6,
                "tensor b to start at byte 4");
    }

    @Test
    void malformedEntriesAreRefused() throws IOException {
        assertRefused("{\"a\": {\"dtype\": \"Q4\", \"shape\": [1], \"data_offsets\": [0, 4]}}", 4, "known dtype");
        assertRefused("{\"a\": {\"dtype\": \"F32\", \"shape\": [-1], \"data_offsets\": [0, 4]}}", 4, "shape");
        assertRefused("{\"a\": {\"dtype\": \"F32\", \"data_offsets\": [0, 4]}}", 4, "a shape for tensor a");
        assertRefused("{\"a\": {\"dtype\": \"F32\", \"shape\": [1]}}", 4, "data_offsets");
        assertRefused("{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [4, 0]}}", 4, "in order");
        assertRefused(
                "{\"a\": {\"dtype\": \"F32\", \"shape\": [4611686018427387904, 8], \"data_offsets\": [0, 4]}}",
                4,
                "possible shape");
        assertRefused("{\"a\": {}, \"a\": {}}", 0, "not valid JSON");
        assertRefused("{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0.5, 4.5]}}", 4, "data_offsets");
        assertRefused("{\"a\": {\"dtype\": \"F32\", \"shape\": [1.0], \"data_offsets\": [0, 4]}}", 4, "shape");
        assertRefused("{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [-4, 0]}}", 4, "in order");
        assertRefused("{\"a\": 7}", 0, "known dtype");
        assertRefused("[1]", 0, "JSON object");
        assertRefused("{\"a\": ", 0, "not valid JSON");
    }

    @Test
    void anImpossibleHeaderLengthIsRefused() throws IOException {
        Path file = dir.resolve("x.safetensors");
        Files.write(file, new byte[] {1, 2});
        assertThatThrownBy(() -> SafetensorsHeader.read(file)).hasMessageContaining("2 bytes");
        Files.write(file, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, '{', '}'});
        assertThatThrownBy(() -> SafetensorsHeader.read(file)).hasMessageContaining("18446744073709551615");
        Files.write(file, new byte[] {50, 0, 0, 0, 0, 0, 0, 0, '{', '}'});
        assertThatThrownBy(() -> SafetensorsHeader.read(file)).hasMessageContaining("a header of 50 bytes");
    }

    private void assertRefused(String json, int numDataBytes, String expected) throws IOException {
        Path file = file(json, numDataBytes);
        assertThatThrownBy(() -> SafetensorsHeader.read(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(file.toString(), expected);
    }

    private Path file(String json, int numDataBytes) throws IOException {
        byte[] header = json.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + numDataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header);
        return Files.write(dir.resolve("x.safetensors"), bytes.array());
    }
}
