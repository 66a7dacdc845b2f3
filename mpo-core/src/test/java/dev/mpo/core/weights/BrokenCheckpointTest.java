package dev.mpo.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.core.safetensors.SafetensorsWriter;
import dev.mpo.core.safetensors.StoredTensor;
import dev.mpo.core.safetensors.StoredType;
import dev.mpo.core.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokenCheckpointTest {

    @TempDir
    Path dir;

    private List<TensorInfo> tensors = List.of();

    @BeforeEach
    void writeSoundCheckpoint() throws IOException {
        TinyModel.QWEN2.writeTo(dir);
        tensors = SafetensorsFolder.read(dir).tensors().values().stream()
                .map(StoredTensor::info)
                .toList();
    }

    @Test
    void everyDifferenceIsListedAtOnce() {
        List<TensorInfo> changed = new ArrayList<>(tensors);
        changed.removeIf(t -> t.name().equals("mlp1.1.bias"));
        changed.removeIf(t -> t.name().equals("mlp1.0.weight"));
        changed.replaceAll(t -> t.name().equals("mlp1.3.bias") ? new TensorInfo(t.name(), t.type(), List.of(7L)) : t);
        changed.add(new TensorInfo("adapter.lora_A", StoredType.F32, List.of(2L, 2L)));
        TinyModel.QWEN2.writeWeights(dir, changed);
        assertRefused("""
                2 missing:
                  mlp1.0.weight [32]
                  mlp1.1.bias [16]
                1 extra:
                  adapter.lora_A
                1 misshapen:
                  mlp1.3.bias: expected [16], got [7]""");
    }

    @Test
    void onlyTenOfAKindAreListed() {
        TinyModel.QWEN2.writeWeights(
                dir,
                tensors.stream()
                        .filter(t -> t.name().startsWith("vision_model."))
                        .toList());
        assertRefused("... and 23 more");
    }

    @Test
    void aShardMissingFromTheFolderIsNamed() throws IOException {
        Path folder = TinyModel.INTERNLM2.writeTo(dir.resolve("sharded"));
        Files.delete(folder.resolve("model-00002-of-00002.safetensors"));
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("names the shard model-00002-of-00002.safetensors, which is not there");
    }

    @Test
    void anIndexThatDisagreesWithItsShardsIsRefused() throws IOException {
        Path folder = TinyModel.INTERNLM2.writeTo(dir.resolve("sharded"));
        Path index = folder.resolve("model.safetensors.index.json");
        String sound = Files.readString(index);
        Files.writeString(index, sound.replace("\"mlp1.1.bias\"", "\"mlp1.9.bias\""));
        assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("mlp1.9.bias");
        Files.writeString(index, sound.replace("\"model-00001", "\"../model-00001"));
        assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("name of a file beside the index");
        Files.writeString(index, "{\"weight_map\": {}}");
        assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("weight_map");
    }

    @Test
    void aFolderWithoutWeightsSaysWhatIsExpected() throws IOException {
        Files.delete(dir.resolve("model.safetensors"));
        assertRefused("expected model.safetensors or model.safetensors.index.json");
    }

    @Test
    void aFileCutShortIsRefused() throws IOException {
        Path file = dir.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 4));
        assertRefused("cut short");
    }

    @Test
    void weightsOfAnotherModelAreRecognised() {
        TinyModel.QWEN2.writeWeights(dir, List.of(new TensorInfo("bert.x", StoredType.F32, List.of(1L))));
        assertRefused("This is no InternVL checkpoint");
    }

    @Test
    void integerWeightsAreRefused() {
        List<TensorInfo> changed = new ArrayList<>(tensors);
        changed.replaceAll(
                t -> t.name().equals("mlp1.3.bias") ? new TensorInfo(t.name(), StoredType.I8, t.shape()) : t);
        SafetensorsWriter.write(
                dir.resolve("model.safetensors"),
                changed,
                (tensor, out) -> out.write(ByteBuffer.allocate((int) tensor.numBytes())));
        assertRefused("mlp1.3.bias: expected F32, F16 or BF16, got I8");
    }

    private void assertRefused(String expected) {
        assertThatThrownBy(() -> Checkpoint.open(dir))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(dir.toString())
                .hasMessageContaining(expected);
    }

    @Test
    void aSingleFileBesideShardsIsRefusedWithBothNames() throws IOException {
        Path folder = TinyModel.INTERNLM2.writeTo(dir.resolve("sharded"));
        Files.copy(dir.resolve("model.safetensors"), folder.resolve("model.safetensors"));
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("two sets of weights, model.safetensors and model.safetensors.index.json");
        Files.delete(folder.resolve("model.safetensors.index.json"));
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .hasMessageContaining("model.safetensors and shards such as model-00001-of-00002.safetensors");
    }

    @Test
    void namesOfShardsThatNoFileCanHaveAreRefused() throws IOException {
        Path folder = TinyModel.INTERNLM2.writeTo(dir.resolve("sharded"));
        Path index = folder.resolve("model.safetensors.index.json");
        String sound = Files.readString(index);
        for (String name : List.of("\\ud800", "\\u0000", "..", "a/b", "", ".hidden", "x".repeat(300))) {
            Files.writeString(
                    index, sound.replaceFirst("model-0000\\d-of-00002.safetensors", name.replace("\\", "\\\\")));
            assertThatThrownBy(() -> Checkpoint.open(folder))
                    .as(name)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("expected the name of a file beside the index");
        }
    }

    @Test
    void shardsThatTheIndexDoesNotNameAreFound() throws IOException {
        Path folder = TinyModel.INTERNLM2.writeTo(dir.resolve("sharded"));
        assertThat(SafetensorsFolder.read(folder).unusedShards()).isEmpty();
        Files.writeString(folder.resolve("model-00003-of-00003.safetensors"), "old");
        assertThat(SafetensorsFolder.read(folder).unusedShards()).containsExactly("model-00003-of-00003.safetensors");
    }
}
