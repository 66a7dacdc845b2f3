package dev.mpo.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.Kind;
import dev.mpo.core.model.ParameterSpec;
import dev.mpo.core.model.Part;
import dev.mpo.core.safetensors.SafetensorsWriter;
import dev.mpo.core.safetensors.StoredType;
import dev.mpo.core.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterLoaderTest {

    private static final String LINEAR = "language.layers.0.attention.q";
    private static final String STORED = "language_model.base_model.model.model.layers.0.self_attn.q_proj";

    @TempDir
    Path dir;

    private ModelConfig config;
    private final float[] a = new float[2 * 16];
    private final float[] b = new float[16 * 2];

    @BeforeEach
    void writeModel() throws IOException {
        config = ModelConfig.load(TinyModel.QWEN2.writeTo(dir.resolve("model")));
    }

    private void load(List<Long> shapeOfA, List<Long> shapeOfB, StoredType type) {
        Path file = dir.resolve("adapters.safetensors");
        List<TensorInfo> infos = List.of(
                new TensorInfo(STORED + ".lora_A.default.weight", type, shapeOfA),
                new TensorInfo(STORED + ".lora_B.default.weight", type, shapeOfB));
        SafetensorsWriter.write(file, infos, (info, channel) -> {
            byte[] bytes = new byte[(int) info.numBytes()];
            Arrays.fill(bytes, (byte) 0x3F);
            channel.write(ByteBuffer.wrap(bytes));
        });
        Map<String, ParameterSpec> adapters = new LinkedHashMap<>();
        adapters.put(LINEAR + ".lora_a", spec("attention.q.lora_a", List.of(2L, 16L)));
        adapters.put(LINEAR + ".lora_b", spec("attention.q.lora_b", List.of(16L, 2L)));
        AdapterLoader.load(
                file, config, adapters, new HeapParameterStore(Map.of(LINEAR + ".lora_a", a, LINEAR + ".lora_b", b)));
    }

    private static ParameterSpec spec(String name, List<Long> shape) {
        return new ParameterSpec(name, shape, Part.LANGUAGE, Kind.MATRIX);
    }

    private void assertRefused(List<Long> shapeOfA, List<Long> shapeOfB, StoredType type, String... parts) {
        assertThatThrownBy(() -> load(shapeOfA, shapeOfB, type))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(parts);
        assertThat(a).containsOnly(0);
        assertThat(b).containsOnly(0);
    }

    @Test
    void adaptersThatFitAreSet() {
        load(List.of(2L, 16L), List.of(16L, 2L), StoredType.F32);
        assertThat(a).doesNotContain(0);
        assertThat(b).doesNotContain(0);
    }

    @Test
    void adaptersOfAnotherRankAreRefusedBeforeAnythingIsWritten() {
        assertRefused(
                List.of(4L, 16L),
                List.of(16L, 4L),
                StoredType.F32,
                "2 of 2 adapters do not fit",
                "expected [2, 16] in F32, F16 or BF16, got [4, 16]",
                "The file's rank is 4",
                "set model.lora.rank");
        assertRefused(List.of(1L, 16L), List.of(16L, 1L), StoredType.BF16, "The file's rank is 1");
    }

    @Test
    void aMatrixTheOtherWayRoundOrOfAnotherModelIsRefused() {
        assertRefused(List.of(16L, 2L), List.of(16L, 2L), StoredType.F32, "1 of 2 adapters", "got [16, 2]");
        assertRefused(List.of(2L, 16L), List.of(32L), StoredType.F32, "1 of 2 adapters", "got [32]");
        assertRefused(List.of(2L, 8L), List.of(8L, 2L), StoredType.F32, "2 of 2 adapters", "got [2, 8]");
    }

    @Test
    void integersAreNoAdapters() {
        assertRefused(List.of(2L, 16L), List.of(16L, 2L), StoredType.I32, "got [2, 16] in I32");
    }
}
