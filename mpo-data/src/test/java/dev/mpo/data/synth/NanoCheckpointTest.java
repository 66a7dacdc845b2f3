package dev.mpo.data.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.ModelLayout;
import dev.mpo.core.weights.Checkpoint;
import dev.mpo.core.weights.CheckpointLoader;
import dev.mpo.core.weights.HeapParameterStore;
import dev.mpo.core.weights.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NanoCheckpointTest {

    private static final List<String> TEXTS = List.of("What colour is the circle?", "The circle is red.");

    @TempDir
    Path folder;

    @Test
    void writtenFolderIsACompleteCheckpoint() {
        ModelConfig config = write(folder, 1);
        Checkpoint checkpoint = Checkpoint.open(folder);
        assertThat(checkpoint.layout()).isEqualTo(Layout.ORIGINAL);
        assertThat(checkpoint.config()).isEqualTo(config);
        assertThat(config.language().family()).isEqualTo(Family.QWEN2);
        assertThat(config.imageTokensPerTile()).isEqualTo(4);
        assertThat(ModelLayout.numElements(config)).isBetween(400_000L, 2_000_000L);
        CheckpointLoader.load(checkpoint, new HeapParameterStore(config));
    }

    @Test
    void weightsAreNormalNormsOneAndBiasesZero() {
        HeapParameterStore values = load(folder, 1);
        assertThat(values.values("language.layers.0.input_norm.weight")).containsOnly(1f);
        assertThat(values.values("vision.layers.0.attention.qkv.bias")).containsOnly(0f);
        assertThat(values.values("vision.layers.0.layer_scale1")).containsOnly(0.1f);
        double squares = 0;
        float[] matrix = values.values("language.layers.1.mlp.up.weight");
        for (float value : matrix) {
            squares += value * (double) value;
        }
        assertThat(Math.sqrt(squares / matrix.length)).isCloseTo(NanoCheckpoint.WEIGHT_DEVIATION, within(0.002));
    }

    @Test
    void sameSeedDrawsTheSameWeightsAndAnotherSeedOthers(@TempDir Path again, @TempDir Path other) throws IOException {
        write(folder, 1);
        write(again, 1);
        write(other, 2);
        byte[] weights = Files.readAllBytes(folder.resolve("model.safetensors"));
        assertThat(Files.readAllBytes(again.resolve("model.safetensors"))).isEqualTo(weights);
        assertThat(Files.readAllBytes(other.resolve("model.safetensors")))
                .hasSameSizeAs(weights)
                .isNotEqualTo(weights);
    }

    @Test
    void layersOfOneKindDoNotShareTheirWeights() {
        HeapParameterStore values = load(folder, 1);
        assertThat(values.values("language.layers.0.mlp.up.weight"))
                .isNotEqualTo(values.values("language.layers.1.mlp.up.weight"));
    }

    @Test
    void generationAndPreprocessorFilesLieBesideTheModel() {
        write(folder, 1);
        assertThat(folder.resolve("generation_config.json")).isNotEmptyFile();
        assertThat(folder.resolve("preprocessor_config.json")).isNotEmptyFile();
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> new NanoModelConfig(60, 14, 64, 128, 1, 4, 64, 128, 1, 4, 2))
                .hasMessageContaining("60");
        assertThatThrownBy(() -> new NanoModelConfig(56, 14, 64, 128, 1, 5, 64, 128, 1, 4, 2))
                .hasMessageContaining("heads");
    }

    private static ModelConfig write(Path to, long seed) {
        return NanoCheckpoint.write(to, NanoModelConfig.defaults(), TEXTS, seed);
    }

    private static HeapParameterStore load(Path to, long seed) {
        HeapParameterStore values = new HeapParameterStore(write(to, seed));
        CheckpointLoader.load(Checkpoint.open(to), values);
        return values;
    }
}
