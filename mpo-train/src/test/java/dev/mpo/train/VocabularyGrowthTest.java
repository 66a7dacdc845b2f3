package dev.mpo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.safetensors.TensorInfo;
import dev.mpo.train.setup.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that has not been trained with the image tokens gets them, and its export has them in every file. */
class VocabularyGrowthTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int IMAGE_TOKENS = 9;

    @TempDir
    Path dir;

    /** Takes the last tokens, which are the image tokens, from the tokenizer's files. */
    private static void cutTokenizer(Path model, int firstCut) throws IOException {
        Path added = model.resolve("added_tokens.json");
        ObjectNode tokens = (ObjectNode) JSON.readTree(added.toFile());
        List<String> cut = new ArrayList<>();
        tokens.properties().forEach(entry -> {
            if (entry.getValue().intValue() >= firstCut) {
                cut.add(entry.getKey());
            }
        });
        tokens.remove(cut);
        JSON.writeValue(added.toFile(), tokens);
        Path config = model.resolve("tokenizer_config.json");
        ObjectNode settings = (ObjectNode) JSON.readTree(config.toFile());
        for (int id = firstCut; id < firstCut + IMAGE_TOKENS; id++) {
            settings.withObject("added_tokens_decoder").remove(String.valueOf(id));
        }
        settings.remove("additional_special_tokens");
        JSON.writeValue(config.toFile(), settings);
        Files.deleteIfExists(model.resolve("special_tokens_map.json"));
    }

    private static void cutEmbedding(Path model, int rows) {
        NanoFiles.editConfig(model, config -> ((ObjectNode) config.get("llm_config")).put("vocab_size", rows));
        NanoFiles.editTensors(model, tensors -> {
            Map<TensorInfo, float[]> cut = new LinkedHashMap<>();
            tensors.forEach((info, values) -> {
                boolean table = info.name().endsWith("embed_tokens.weight")
                        || info.name().endsWith("lm_head.weight");
                long width = info.shape().get(info.shape().size() - 1);
                cut.put(
                        table ? new TensorInfo(info.name(), info.type(), List.of((long) rows, width)) : info,
                        table ? Arrays.copyOf(values, (int) (rows * width)) : values);
            });
            return cut;
        });
    }

    @Test
    void theExportOfAModelThatGrewIsCompleteAndGrowsNoMore() throws IOException {
        Path model = NanoModel.write(dir, 1).folder();
        int tokens;
        try (ModelFolder whole = ModelFolder.open(model, null)) {
            tokens = whole.config().language().vocabSize();
        }
        cutTokenizer(model, tokens - IMAGE_TOKENS);
        cutEmbedding(model, tokens - IMAGE_TOKENS);
        Path export = dir.resolve("export");
        int[] ids;
        try (ModelFolder folder = ModelFolder.open(model, null);
                VisionLanguageModel grown = folder.load(ModelOptions.trained())) {
            assertThat(folder.config().language().vocabSize()).isEqualTo(tokens);
            assertThat(folder.tokenizer().numNewTokens()).isEqualTo(IMAGE_TOKENS);
            ids = folder.tokenizer().encode("<img><IMG_CONTEXT></img>");
            folder.export(grown, export);
        }
        try (ModelFolder again = ModelFolder.open(export, null)) {
            assertThat(again.tokenizer().numNewTokens()).isZero();
            assertThat(again.config().language().vocabSize()).isEqualTo(tokens);
            assertThat(again.tokenizer().encode("<img><IMG_CONTEXT></img>")).isEqualTo(ids);
        }
    }

    @Test
    void aTokenizerThatLostTheImageTokensOfItsModelIsRefused() throws IOException {
        Path model = NanoModel.write(dir, 1).folder();
        try (ModelFolder whole = ModelFolder.open(model, null)) {
            cutTokenizer(model, whole.config().language().vocabSize() - IMAGE_TOKENS);
        }
        assertThatThrownBy(() -> ModelFolder.open(model, null))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(model.toString(), "lack 9 (<img>, </img>", "added_tokens.json");
    }
}
