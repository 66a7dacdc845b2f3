package dev.mpo.core.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.config.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
