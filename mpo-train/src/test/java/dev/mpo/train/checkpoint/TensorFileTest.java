package dev.mpo.train.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.safetensors.SafetensorsWriter;
import dev.mpo.core.safetensors.StoredType;
import dev.mpo.core.safetensors.TensorInfo;
import dev.mpo.core.weights.ModelParameterStore;
import dev.mpo.train.NanoModel;
import dev.mpo.train.setup.ModelFolder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tensors of a checkpoint that do not fit the model are refused before any of them is copied. */
class TensorFileTest {

    private static final float MARK = 7;

    @TempDir
    Path dir;

    private VisionLanguageModel model;
    private ModelParameterStore store;
    private long length;
    private String first = "";
    private String second = "";

    @BeforeEach
    void load() {
        try (ModelFolder folder = ModelFolder.open(NanoModel.write(dir, 1).folder(), null)) {
            model = folder.load(ModelOptions.trained());
        }
        store = ModelParameterStore.of(model.parameters());
        List<String> vectors = store.specs().keySet().stream()
                .filter(name ->
                        name.startsWith("language.") && store.spec(name).shape().size() == 1)
                .sorted()
                .toList();
        first = vectors.get(0);
        second = vectors.stream()
                .filter(name ->
                        store.spec(name).numElements() == store.spec(first).numElements())
                .skip(1)
                .findFirst()
                .orElseThrow();
        length = store.spec(first).numElements();
    }

    @AfterEach
    void close() {
        model.close();
    }

    private void read(TensorInfo... tensors) {
        Path file = dir.resolve("weights.safetensors");
        SafetensorsWriter.write(file, List.of(tensors), (info, channel) -> {
            ByteBuffer bytes = ByteBuffer.allocate((int) info.numBytes()).order(ByteOrder.LITTLE_ENDIAN);
            float[] values = new float[(int) info.numBytes() / Float.BYTES];
            Arrays.fill(values, MARK);
            bytes.asFloatBuffer().put(values);
            channel.write(bytes);
        });
        TensorFile.read(List.of(file), store, false);
    }

    private TensorInfo piece(String name, long elements) {
        return new TensorInfo(name, StoredType.F32, List.of(elements));
    }

    private void assertRefused(String part, TensorInfo... tensors) {
        float[] before = values();
        assertThatThrownBy(() -> read(tensors))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(part);
        assertThat(values()).isEqualTo(before);
    }

    private float[] values() {
        ByteBuffer bytes = ByteBuffer.allocate((int) length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        store.read(first, 0, bytes);
        float[] values = new float[(int) length];
        bytes.flip().asFloatBuffer().get(values);
        return values;
    }

    @Test
    void aWholeParameterAndOneInPiecesAreSet() {
        read(piece(first, length), piece(second + "#0", length - 3), piece(second + "#" + (length - 3), 3));
        assertThat(values()).containsOnly(MARK);
    }

    @Test
    void anotherShapeOrTypeOfALaterTensorLeavesTheEarlierOnesAlone() {
        assertRefused("expected F32[" + length + "]", piece(first, length), piece(second, length + 1));
        assertRefused(
                "expected F32[" + length + "], got I32",
                piece(first, length),
                new TensorInfo(second, StoredType.I32, List.of(length)));
    }

    @Test
    void piecesThatOverlapLeaveGapsOrPassTheEndAreRefused() {
        assertRefused(
                "missing [" + second, piece(first, length), piece(second + "#0", 3), piece(second + "#1", length - 3));
        assertRefused("missing [" + second, piece(first, length), piece(second + "#1", length - 1));
        assertRefused("within", piece(first, length), piece(second + "#0", 1), piece(second + "#1", length));
        assertRefused("within", piece(first, length), piece(second + "#999999999999999999", length));
        assertRefused("missing [" + second, piece(first, length), piece(second, length), piece(second + "#0", length));
        assertRefused("beyond them [" + second + "#x]", piece(first, length), piece(second + "#x", length));
    }
}
