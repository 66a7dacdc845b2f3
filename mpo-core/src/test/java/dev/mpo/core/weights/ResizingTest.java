package dev.mpo.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.core.safetensors.SafetensorsHeader;
import dev.mpo.core.safetensors.SafetensorsWriter;
import dev.mpo.core.safetensors.StoredTensor;
import dev.mpo.core.safetensors.StoredType;
import dev.mpo.core.safetensors.TensorInfo;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResizingTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    Path dir;

    @Test
    void anUnchangedSizeKeepsEveryPosition() {
        float[] embedding = {9, 1, 2, 3, 4};
        assertThat(PositionEmbeddings.resize(embedding, 2, 2)).containsExactly(embedding);
    }

    @Test
    void aConstantGridStaysConstantBesideTheClassToken() {
        float[] embedding = {9, 2, 2, 2, 2};
        float[] resized = PositionEmbeddings.resize(embedding, 2, 3);
        assertThat(resized[0]).isEqualTo(9);
        for (int i = 1; i < resized.length; i++) {
            assertThat(resized[i]).isCloseTo(2, within(1e-6f));
        }
    }

    @Test
    void doublingAPairOfPositionsFollowsTheCubicKernel() {
        // Centres -0.25, 0.25, 0.75, 1.25 between values 0 and 1 with repeated edges. At 0.25 the taps are 0, 0, 1, 1
        // with kernel weights w(1.25), w(0.25), w(0.75), w(1.75): -0.10547, 0.87891, 0.26172, -0.03516.
        float[] resized = PositionEmbeddings.resize(new float[] {5, 0, 1, 0, 1}, 2, 4);
        assertThat(resized[2]).isCloseTo(0.26172f - 0.03516f, within(1e-5f));
        assertThat(resized[3]).isCloseTo(1 - 0.26172f + 0.03516f, within(1e-5f));
    }

    @Test
    void anEmbeddingOfAnotherGridIsAProgrammingError() {
        assertThatThrownBy(() -> PositionEmbeddings.resize(new float[6], 2, 3))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void positionEmbeddingsMatchTheReference() throws IOException {
        for (JsonNode resize : model().path("pos_embed_resize")) {
            int patch = resize.path("patch_size").intValue();
            float[] actual = PositionEmbeddings.resize(
                    floats(resize.path("input")),
                    resize.path("old_size").intValue() / patch,
                    resize.path("new_size").intValue() / patch);
            assertThat(actual).containsExactly(floats(resize.path("output")), within(5e-6f));
        }
    }

    @Test
    void newRowsBecomeTheMeanOfTheStoredOnesBeforeThem() throws IOException {
        float[] table = {1, 2, 3, 6, 9, 9, 0, 0};
        float[] grown = new float[8];
        VocabularyRows.fill(stored(table, 3, 2), "t", new RowRange(2, 2), new HeapParameterStore(Map.of("t", grown)));
        assertThat(grown).containsExactly(0, 0, 0, 0, 2, 4, 2, 4);
    }

    private StoredTensor stored(float[] values, long rows, long width) {
        TensorInfo info = new TensorInfo("t", StoredType.F32, List.of(rows, width));
        Path file = dir.resolve("t.safetensors");
        SafetensorsWriter.write(file, List.of(info), (tensor, channel) -> {
            ByteBuffer bytes = ByteBuffer.allocate((int) tensor.numBytes()).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values, 0, (int) tensor.numElements());
            channel.write(bytes);
        });
        return SafetensorsHeader.read(file).tensors().get(0);
    }

    @Test
    void newHeadRowsMatchTheReference() throws IOException {
        Checkpoint source = Checkpoint.open(SharedFiles.require("goldens/checkpoints/tiny-qwen2"));
        HeapParameterStore values = new HeapParameterStore(source.config());
        CheckpointLoader.load(source, values);
        int width = source.config().language().hiddenSize();
        for (JsonNode resize : model().path("vocab_resize").path("cases")) {
            float[] head = values.values("language.head.head.weight");
            int rowsBefore = resize.path("rows_before").intValue();
            int rowsAfter = resize.path("rows_after").intValue();
            float[] table = new float[rowsBefore * width];
            for (int i = 0; i < table.length; i++) {
                table[i] = head[i % head.length];
            }
            int numNew = resize.path("num_new_tokens").intValue();
            float[] grown = new float[rowsAfter * width];
            VocabularyRows.fill(
                    stored(table, rowsBefore, width),
                    "head",
                    new RowRange(rowsAfter - numNew, numNew),
                    new HeapParameterStore(Map.of("head", grown)));
            float[] row = Arrays.copyOfRange(grown, (rowsAfter - 1) * width, rowsAfter * width);
            assertThat(row).containsExactly(floats(resize.path("lm_head_new_row")), within(1e-8f));
        }
    }

    private static JsonNode model() throws IOException {
        return MAPPER.readTree(
                SharedFiles.require("goldens/golden/d_model/model.json").toFile());
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).floatValue();
        }
        return values;
    }
}
