package dev.mpo.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResizingTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();

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
    void newRowsBecomeTheMeanOfTheOthers() {
        float[] table = {1, 2, 3, 6, 0, 0, 0, 0};
        VocabularyRows.fillNew(new HeapParameterStore(Map.of("t", table)), "t", 4, 2, 2);
        assertThat(table).containsExactly(1, 2, 3, 6, 2, 4, 2, 4);
    }

    @Test
    void newHeadRowsMatchTheReference() throws IOException {
        Checkpoint source = Checkpoint.open(SharedFiles.require("goldens/checkpoints/tiny-qwen2"));
        HeapParameterStore values = new HeapParameterStore(source.config());
        CheckpointLoader.load(source, values);
        int width = source.config().language().hiddenSize();
        for (JsonNode resize : model().path("vocab_resize").path("cases")) {
            float[] stored = values.values("language.head.head.weight");
            int rowsAfter = resize.path("rows_after").intValue();
            int kept = Math.min(rowsAfter, resize.path("rows_before").intValue());
            float[] table = new float[rowsAfter * width];
            for (int i = 0; i < kept * width; i++) {
                table[i] = stored[i % stored.length];
            }
            int numNew = resize.path("num_new_tokens").intValue();
            VocabularyRows.fillNew(new HeapParameterStore(Map.of("head", table)), "head", rowsAfter, width, numNew);
            float[] row = Arrays.copyOfRange(table, (rowsAfter - 1) * width, rowsAfter * width);
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
