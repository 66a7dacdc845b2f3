package dev.mpo.core.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.config.ModelConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderCarryOverTest {

    @TempDir
    Path dir;

    @Test
    void everythingButTheWeightsIsCopiedUnchanged() throws IOException {
        Path source = TinyModel.INTERNLM2.writeTo(dir.resolve("source"));
        Files.writeString(source.resolve("README.md"), "a model");
        Files.writeString(source.resolve("modeling_internvl_chat.py"), "# python\r\n");
        Files.write(source.resolve("tokenizer.model"), new byte[] {0, -1, 7});
        Files.writeString(source.resolve("pytorch_model.bin"), "old weights");
        Files.createDirectories(source.resolve("examples"));
        Files.writeString(source.resolve("examples/one.txt"), "1");
        Files.createDirectories(source.resolve(".cache"));
        Files.writeString(source.resolve(".cache/lock"), "");
        Path target = source.resolve("export");
        FolderCarryOver.copy(source, ModelConfig.load(source), target);
        for (String file : new String[] {
            "config.json", "README.md", "modeling_internvl_chat.py", "tokenizer.model", "examples/one.txt"
        }) {
            assertThat(target.resolve(file)).hasSameBinaryContentAs(source.resolve(file));
        }
        assertThat(target.resolve("model-00001-of-00002.safetensors")).doesNotExist();
        assertThat(target.resolve("model.safetensors.index.json")).doesNotExist();
        assertThat(target.resolve("pytorch_model.bin")).doesNotExist();
        assertThat(target.resolve(".cache")).doesNotExist();
        assertThat(target.resolve("export")).doesNotExist();
    }

    @Test
    void aChangedSizeEditsItsKeysOnly() throws IOException {
        Path source = TinyModel.QWEN2.writeTo(dir.resolve("source"));
        ModelConfig before = ModelConfig.load(source);
        ModelConfig after =
                before.withImageSize(84).withLanguage(before.language().withVocabSize(99));
        Path target = dir.resolve("target");
        FolderCarryOver.copy(source, after, target);
        assertThat(ModelConfig.load(target)).isEqualTo(after);
        String written = Files.readString(target.resolve("config.json")).replaceAll("\\s", "");
        String expected = Files.readString(source.resolve("config.json"))
                .replaceAll("\\s", "")
                .replace("\"force_image_size\":56", "\"force_image_size\":84")
                .replace("\"image_size\":56", "\"image_size\":84")
                .replace("\"vocab_size\":11", "\"vocab_size\":99")
                .replace("1e-6", "0.000001");
        assertThat(written.replace("1.0E-6", "0.000001")).isEqualTo(expected);
    }

    @Test
    void weightsAndStatesOfOtherToolsStayBehind() throws IOException {
        Path source = TinyModel.QWEN2.writeTo(dir.resolve("source"));
        List<String> foreign = List.of(
                "optimizer.pt",
                "scheduler.pt",
                "rng_state_0.pth",
                "training_args.bin",
                "trainer_state.json",
                "zero_to_fp32.py",
                "latest",
                "model.Q4_K_M.gguf",
                "onnx/model.onnx",
                "vision.onnx_data",
                "adapter_model.safetensors",
                "adapter_model.bin",
                "adapter_config.json",
                "consolidated.00.pth",
                "model.CKPT",
                "flax_model.msgpack",
                "tf_model.h5",
                "global_step100/mp_rank_00_model_states.pt",
                "global_step100/notes.txt",
                "checkpoint-50/config.json",
                "step-4/state.json",
                "runs/today/events.out.tfevents.1",
                "old/model.safetensors.index.json",
                "__pycache__/modeling.pyc");
        List<String> carried = List.of(
                "tokenizer.json",
                "tokenizer.model",
                "chat_template.jinja",
                "conversation.py",
                "examples/image1.jpg",
                "LICENSE",
                "eval/notes.md");
        for (String name : Stream.concat(foreign.stream(), carried.stream()).toList()) {
            Path file = source.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
        Path huge = source.resolve("unknown.weights");
        try (FileChannel channel = FileChannel.open(huge, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[1]), 101L << 20);
        }
        Path target = dir.resolve("target");
        FolderCarryOver.copy(source, ModelConfig.load(source), target);
        for (String name : foreign) {
            assertThat(target.resolve(name)).doesNotExist();
        }
        for (String name : carried) {
            assertThat(target.resolve(name)).hasContent(name);
        }
        assertThat(target.resolve("unknown.weights")).doesNotExist();
    }
}
