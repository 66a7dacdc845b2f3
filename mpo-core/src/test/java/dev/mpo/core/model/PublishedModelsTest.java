package dev.mpo.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.NormType;
import dev.mpo.core.config.VisionConfig;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishedModelsTest {

    @TempDir
    private Path temp = Path.of("");

    /**
     * Published sizes in billions are those of the InternVL 2.5 report. Some tables give 4B, 38B and 78B as 4.2, 40.1
     * and 76.3: those are the sizes of the InternVL 2.0 models of those ranks, which had other language models.
     */
    @ParameterizedTest
    @CsvSource({
        "InternVL2_5-1B, 0.938, 938193024",
        "InternVL2_5-2B, 2.2, 2205754368",
        "InternVL2_5-4B, 3.7, 3712637952",
        "InternVL2_5-8B, 8.1, 8075365376",
        "InternVL2_5-26B, 25.5, 25514186112",
        "InternVL2_5-38B, 38.4, 38388164992",
        "InternVL2_5-78B, 78.4, 78408318336",
        "InternVL3-1B, 0.938, 938193024",
        "InternVL3-2B, 2.09, 2088957440",
        "InternVL3-8B, 7.94, 7944373760",
        "InternVL3-14B, 15.1, 15117256704",
        "InternVL3-38B, 38.4, 38388164992",
        "InternVL3-78B, 78.4, 78408318336",
        "InternVL3-9B, 9.14, 9141824512",
        "InternVL3_5-1B, 1.1, 1060897792",
        "InternVL3_5-2B, 2.3, 2348347392",
        "InternVL3_5-4B, 4.7, 4732489216",
        "InternVL3_5-8B, 8.5, 8528318464",
        "InternVL3_5-14B, 15.1, 15119523840",
        "InternVL3_5-38B, 38.4, 38390405504"
    })
    void parameterCountsAreThePublishedOnes(String name, double billions, long exact) {
        ModelConfig config = ModelConfig.published(name);
        long count = ModelLayout.numElements(config);
        assertThat(count).isEqualTo(exact).isEqualTo(countedByHand(config));
        assertThat(count / 1e9).isCloseTo(billions, withinPercentage(4));
    }

    /** The native files are in the style of transformers 4.55, without a top-level word on tying. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "InternVL3-1B",
                "InternVL3-2B",
                "InternVL3-8B",
                "InternVL3-9B",
                "InternVL3-14B",
                "InternVL3-38B",
                "InternVL3-78B",
                "InternVL3_5-1B",
                "InternVL3_5-2B",
                "InternVL3_5-4B",
                "InternVL3_5-8B",
                "InternVL3_5-14B",
                "InternVL3_5-38B"
            })
    void theNativeConfigurationDescribesTheSameModel(String name) throws IOException {
        ModelConfig original = ModelConfig.published(name);
        Path file = Files.createDirectories(temp.resolve(name)).resolve("config.json");
        try (InputStream in =
                SharedFiles.class.getResourceAsStream("/dev/mpo/testkit/models/" + name + hf(name) + "/config.json")) {
            Files.write(file, in.readAllBytes());
        }
        ModelConfig untied = ModelConfig.load(temp.resolve(name));
        ModelConfig found = untied.withLanguage(untied.language().withTieWordEmbeddings(false));

        assertThat(ModelLayout.of(found)).isEqualTo(ModelLayout.of(original));
        assertThat(found.language()).isEqualTo(original.language());
    }

    private static String hf(String name) {
        return name.startsWith("InternVL3_5") ? "-HF" : "-hf";
    }

    @Test
    void everyStageAndParameterHasItsOwnName() {
        for (String name : ModelConfig.publishedNames()) {
            ModelConfig config = ModelConfig.published(name);
            List<StageSpec> stages = ModelLayout.of(config);
            assertThat(stages)
                    .hasSize(config.vision().numLayers() + config.language().numLayers() + 4);
            Set<String> names = new HashSet<>();
            for (StageSpec stage : stages) {
                for (ParameterSpec parameter : stage.parameters()) {
                    assertThat(names.add(stage.fullName(parameter)))
                            .as(stage.fullName(parameter))
                            .isTrue();
                    assertThat(parameter.part()).isEqualTo(stage.part());
                }
            }
        }
    }

    @Test
    void smallTowerAndQwen2LayersHaveTheirShapes() {
        ModelConfig config = ModelConfig.published("InternVL2_5-1B");
        assertThat(shapes(config, "vision.embeddings"))
                .isEqualTo("class_embedding[1, 1, 1024] patch_embedding.weight[1024, 3, 14, 14]"
                        + " patch_embedding.bias[1024] position_embedding[1, 1025, 1024]");
        assertThat(shapes(config, "vision.layers.0"))
                .isEqualTo("norm1.weight[1024] norm1.bias[1024] attention.qkv.weight[3072, 1024]"
                        + " attention.qkv.bias[3072] attention.proj.weight[1024, 1024] attention.proj.bias[1024]"
                        + " layer_scale1[1024] norm2.weight[1024] norm2.bias[1024] mlp.fc1.weight[4096, 1024]"
                        + " mlp.fc1.bias[4096] mlp.fc2.weight[1024, 4096] mlp.fc2.bias[1024] layer_scale2[1024]");
        assertThat(shapes(config, "projector"))
                .isEqualTo("norm.weight[4096] norm.bias[4096] linear1.weight[896, 4096] linear1.bias[896]"
                        + " linear2.weight[896, 896] linear2.bias[896]");
        assertThat(shapes(config, "language.layers.23"))
                .isEqualTo("input_norm.weight[896] attention.q.weight[896, 896] attention.q.bias[896]"
                        + " attention.k.weight[128, 896] attention.k.bias[128] attention.v.weight[128, 896]"
                        + " attention.v.bias[128] attention.o.weight[896, 896] post_norm.weight[896]"
                        + " mlp.gate.weight[4864, 896] mlp.up.weight[4864, 896] mlp.down.weight[896, 4864]");
        assertThat(shapes(config, "language.head")).isEqualTo("norm.weight[896] head.weight[151674, 896]");
    }

    @Test
    void largeTowerAndInternLm2LayersHaveTheirShapes() {
        ModelConfig config = ModelConfig.published("InternVL2_5-26B");
        assertThat(shapes(config, "vision.layers.44"))
                .isEqualTo("norm1.weight[3200] attention.qkv.weight[9600, 3200] attention.q_norm.weight[3200]"
                        + " attention.k_norm.weight[3200] attention.proj.weight[3200, 3200] attention.proj.bias[3200]"
                        + " layer_scale1[3200] norm2.weight[3200] mlp.fc1.weight[12800, 3200] mlp.fc1.bias[12800]"
                        + " mlp.fc2.weight[3200, 12800] mlp.fc2.bias[3200] layer_scale2[3200]");
        assertThat(shapes(config, "language.layers.47"))
                .isEqualTo("input_norm.weight[6144] attention.qkv.weight[8192, 6144] attention.o.weight[6144, 6144]"
                        + " post_norm.weight[6144] mlp.gate.weight[16384, 6144] mlp.up.weight[16384, 6144]"
                        + " mlp.down.weight[6144, 16384]");
    }

    @Test
    void aTiedHeadHasNoWeightOfItsOwn() {
        ModelConfig config = ModelConfig.published("InternVL2_5-1B");
        ModelConfig tied = config.withLanguage(config.language().withTieWordEmbeddings(true));
        assertThat(shapes(tied, "language.head")).isEqualTo("norm.weight[896]");
    }

    private static String shapes(ModelConfig config, String stage) {
        return ModelLayout.of(config).stream()
                .filter(candidate -> candidate.name().equals(stage))
                .flatMap(found -> found.parameters().stream())
                .map(parameter -> parameter.name() + parameter.shape())
                .collect(Collectors.joining(" "));
    }

    /** The sum as one writes it on paper, from the architecture's description. */
    private static long countedByHand(ModelConfig config) {
        VisionConfig v = config.vision();
        long d = v.hiddenSize();
        boolean layerNorm = v.normType() == NormType.LAYER_NORM;
        long patches = (long) v.patchesPerSide() * v.patchesPerSide();
        long tower = d + d * 3 * v.patchSize() * v.patchSize() + d + (patches + 1) * d;
        long attention = 4 * d * d + d + (v.qkvBias() ? 3 * d : 0) + (v.qkNormalization() ? 2 * d : 0);
        long feedForward = 2 * d * v.intermediateSize() + v.intermediateSize() + d;
        tower += v.numLayers() * (attention + feedForward + (layerNorm ? 4 : 2) * d + 2 * d);

        LanguageConfig l = config.language();
        long h = l.hiddenSize();
        long projector = 2 * 4 * d + 4 * d * h + h + h * h + h;
        long q = (long) l.numHeads() * l.headDim();
        long kv = (long) l.numKeyValueHeads() * l.headDim();
        long biases = l.family() == Family.QWEN2 ? q + 2 * kv : 0;
        long headNorms = l.family() == Family.QWEN3 ? 2 * l.headDim() : 0;
        long layer = 2 * q * h + 2 * kv * h + biases + headNorms + 3 * h * l.intermediateSize() + 2 * h;
        return tower + projector + 2 * h * l.vocabSize() + h + l.numLayers() * layer;
    }
}
