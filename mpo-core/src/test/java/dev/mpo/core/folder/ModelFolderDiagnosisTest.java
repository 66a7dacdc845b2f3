package dev.mpo.core.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user reads who gives the wrong folder as a model. */
class ModelFolderDiagnosisTest {

    private static final String POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";

    @TempDir
    Path dir;

    private void file(String name) throws IOException {
        file(name, "{}");
    }

    private void file(String name, String text) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void assertNoModel(String... parts) {
        assertNoModel(dir, parts);
    }

    private static void assertNoModel(Path folder, String... parts) {
        assertThatThrownBy(() -> {
                    ModelConfig.load(folder);
                    SafetensorsFolder.read(folder);
                })
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContainingAll(parts)
                .satisfies(failure -> assertThat(failure.getMessage())
                        .endsWith(".")
                        .doesNotContain("Exception", "jackson")
                        .as("the folder is named where it is, and in the remedy")
                        .matches(message -> message.split(folder + ":", -1).length <= 2));
    }

    @Test
    void anEmptyFolderAndOneWithOtherFiles() throws IOException {
        assertNoModel("found an empty folder", "whole repository");
        file("notes.txt");
        assertNoModel("expected config.json beside *.safetensors, found notes.txt");
    }

    @Test
    void nothingAFileAndANameOfTheHub() throws IOException {
        assertNoModel(dir.resolve("absent"), "found nothing", "Check the path");
        assertNoModel(Path.of("OpenGVLab/InternVL2_5-1B"), "Hugging Face Hub", "hf download OpenGVLab/InternVL2_5-1B");
        file("model.safetensors");
        assertNoModel(dir.resolve("model.safetensors"), "found a file", "Give the folder", dir.toString());
        file("model.Q4_K_M.gguf");
        assertNoModel(dir.resolve("model.Q4_K_M.gguf"), "GGUF");
        file("model.zip");
        assertNoModel(dir.resolve("model.zip"), "archive", "Unpack");
    }

    @Test
    void aDownloadCacheNamesTheVersionToGive() throws IOException {
        file("refs/main", "0123abc\n");
        file("blobs/1");
        file("snapshots/0123abc/config.json");
        assertNoModel("download cache", "Give " + dir.resolve("snapshots/0123abc"));
        assertNoModel(dir.resolve("snapshots"), "one level below", "0123abc");
        file("hub/models--OpenGVLab--InternVL2_5-1B/snapshots/77/config.json");
        assertNoModel(dir.resolve("hub"), "several models", "models--OpenGVLab--InternVL2_5-1B/snapshots/77");
    }

    @Test
    void linksToNothingAreNamed() throws IOException {
        Files.createSymbolicLink(dir.resolve("config.json"), Path.of("../../blobs/1"));
        assertNoModel("links to files that are not there, such as config.json");
    }

    @Test
    void aRunAndItsCheckpointsSayWhichFolderToGive() throws IOException {
        file("run/step-4/state.json");
        file("run/step-4/manifest.json");
        file("run/config.yaml");
        file("run/metrics.jsonl");
        assertNoModel(dir.resolve("run"), "written no model yet", "mpo export --checkpoint " + dir.resolve("run"));
        assertNoModel(dir.resolve("run/step-4"), "training checkpoint", "mpo export --checkpoint");
        file("run/final/config.json");
        assertNoModel(dir.resolve("run"), "in its folder final", "Give " + dir.resolve("run/final"));
    }

    @Test
    void outputsOfOtherTrainersAreRecognised() throws IOException {
        file("checkpoint-100/config.json");
        file("trainer_state.json");
        assertNoModel("another trainer", "checkpoint-100");
        file("zero/global_step100/zero_pp_rank_0_mp_rank_00_model_states.pt");
        file("zero/latest");
        assertNoModel(dir.resolve("zero"), "DeepSpeed", "zero_to_fp32.py");
    }

    @Test
    void aDataSetIsNoModel() throws IOException {
        file("meta.json");
        file("rows.jsonl");
        assertNoModel("looks like a data set", "--meta");
    }

    @Test
    void adaptersAloneNameTheirModel() throws IOException {
        file("adapter_config.json", "{\"base_model_name_or_path\": \"OpenGVLab/InternVL2_5-1B\"}");
        file("adapter_model.safetensors");
        assertNoModel("LoRA adapters only", "made for OpenGVLab/InternVL2_5-1B", "model.lora.init");
    }

    @ParameterizedTest
    @CsvSource({
        "qwen2_vl, Qwen2VLForConditionalGeneration, a Qwen2-VL model",
        "qwen2_5_vl, Qwen2_5_VLForConditionalGeneration, a Qwen2.5-VL model",
        "llava, LlavaForConditionalGeneration, a LLaVA model",
        "llava_next, LlavaNextForConditionalGeneration, a LLaVA model",
        "qwen2, Qwen2ForCausalLM, a language model alone",
        "internlm2, InternLM2ForCausalLM, a language model alone",
        "intern_vit_6b, InternVisionModel, vision tower alone",
        "blip-2, Blip2ForConditionalGeneration, a model of another architecture",
    })
    void anotherArchitectureIsCalledByItsName(String type, String architecture, String what) throws IOException {
        String sections = type.startsWith("llava") || type.startsWith("qwen2_")
                ? ", \"text_config\": {\"hidden_size\": 8}, \"vision_config\": {\"depth\": 2}"
                : ", \"vocab_size\": 8";
        String config =
                "{\"model_type\": \"" + type + "\", \"architectures\": [\"" + architecture + "\"]" + sections + "}";
        file("config.json", type.equals("blip-2") ? config.replace("vocab_size", "qformer") : config);
        assertNoModel("is no config.json of an InternVL model", what, "model_type " + type, "InternVL2_5-1B");
    }

    @Test
    void pointersOfAnyFileAreNamed() throws IOException {
        file("config.json", POINTER);
        assertNoModel("config.json is a Git LFS pointer", "git lfs pull");
        file("weights/model.safetensors", POINTER);
        assertThatThrownBy(() -> SafetensorsFolder.read(dir.resolve("weights")))
                .hasMessageContaining("model.safetensors is a Git LFS pointer");
        file("index/model.safetensors.index.json", POINTER);
        assertThatThrownBy(() -> SafetensorsFolder.read(dir.resolve("index")))
                .hasMessageContaining("index.json is a Git LFS pointer");
    }

    @ParameterizedTest
    @CsvSource({
        "pytorch_model.bin, PyTorch's own format, safe_serialization",
        "pytorch_model-00001-of-00002.bin, PyTorch's own format, safe_serialization",
        "consolidated.00.pth, PyTorch's own format, safe_serialization",
        "epoch_3.pt, PyTorch's own format, safe_serialization",
        "model.Q8_0.gguf, GGUF, original repository",
        "model.onnx, another format, safetensors",
        "flax_model.msgpack, another format, safetensors",
        "weights.safetensors, expected model.safetensors, name it model.safetensors",
        "README.md, there are no weights in this folder, whole repository",
    })
    void weightsInAnotherFormAreNamedWithTheRemedy(String name, String what, String remedy) throws IOException {
        file(name);
        file("config.json");
        assertThatThrownBy(() -> SafetensorsFolder.read(dir))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(name.equals("README.md") ? what : name, what, remedy);
    }

    @Test
    void shardsWithoutTheirIndexNameWhatIsMissing() throws IOException {
        file("model-00001-of-00003.safetensors");
        file("model-00003-of-00003.safetensors");
        assertThatThrownBy(() -> SafetensorsFolder.read(dir))
                .hasMessageContainingAll(
                        "holds 2 of 3 shards", "no model.safetensors.index.json", "model-00002-of-00003.safetensors");
    }

    @Test
    void anIndexWithoutItsShardsCountsThem() throws IOException {
        file(
                "model.safetensors.index.json",
                "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\", \"b\": \"model-00002-of-00002.safetensors\"}}");
        assertThatThrownBy(() -> SafetensorsFolder.read(dir))
                .hasMessageContainingAll("model-00001-of-00002.safetensors, which is not there", "1 more of 2");
    }

    @Test
    void theFieldsCasesAreDiagnosed() {
        Path cases = SharedFiles.require("cases");
        assertNoModel(cases.resolve("33-index-missing/model"), "4 of 4 shards", "model.safetensors.index.json");
        assertNoModel(
                cases.resolve("36-stale-single-beside-shards/model"),
                "two sets of weights",
                "model.safetensors and model.safetensors.index.json");
        assertNoModel(cases.resolve("46-adapter-only/model"), "LoRA adapters only (adapter_model.safetensors");
    }
}
