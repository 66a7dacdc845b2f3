package dev.mpo.data.text;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Missing and damaged tokenizer files: each complaint names the file and what was looked for. */
final class TokenizerFailureTest {

    @TempDir
    private Path folder;

    @Test
    void anAbsentFolderIsNamed() {
        assertThatThrownBy(() -> Tokenizers.load(folder.resolve("nowhere")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    void aFolderWithoutTokenizerListsWhatWasLookedForAndFound() {
        TinyTokenizers.write(folder, "config.json", "{}");
        loading()
                .hasMessageContaining("vocab.json")
                .hasMessageContaining("tokenizer.model")
                .hasMessageContaining("found config.json");
    }

    @Test
    void aVocabularyWithoutMergesNamesTheMissingFile() throws IOException {
        Files.delete(TinyTokenizers.qwen2(folder).resolve("merges.txt"));
        loading().hasMessageContaining("expected merges.txt beside vocab.json");
        TinyTokenizers.qwen2(folder);
        Files.delete(folder.resolve("vocab.json"));
        loading().hasMessageContaining("expected vocab.json beside merges.txt");
    }

    @Test
    void malformedJsonNamesFileAndLine() {
        TinyTokenizers.qwen2(folder);
        TinyTokenizers.write(folder, "vocab.json", "{\n\"a\": 0,,\n}");
        loading().hasMessageContaining("vocab.json is not JSON").hasMessageContaining("line 2");
        TinyTokenizers.write(folder, "vocab.json", "[]");
        loading().hasMessageContaining("expected a JSON object");
    }

    @Test
    void aVocabularyWithImpossibleIdsIsRefused() {
        TinyTokenizers.qwen2(folder);
        TinyTokenizers.write(folder, "vocab.json", "{\"a\": -3}");
        loading().hasMessageContaining("'a' has the id -3");
    }

    @Test
    void aMergesFileIsCheckedLineByLine() {
        TinyTokenizers.qwen2(folder);
        TinyTokenizers.write(folder, "merges.txt", "#version: 0.2\nl o\nl o w\n");
        loading().hasMessageContaining("merges.txt: line 3").hasMessageContaining("'l o w'");
        TinyTokenizers.write(folder, "merges.txt", "x y\n");
        loading().hasMessageContaining("refused");
    }

    @Test
    void aTokenizerJsonWithoutVocabularyIsRefused() {
        TinyTokenizers.write(folder, "tokenizer.json", "{\"model\": {}}");
        loading().hasMessageContaining("tokenizer.json").hasMessageContaining("found none");
    }

    @Test
    void anAddedTokenWithoutContentOrNumberIsRefused() {
        TinyTokenizers.qwen2(folder);
        TinyTokenizers.write(folder, "tokenizer_config.json", "{\"added_tokens_decoder\": {\"261\": {}}}");
        loading().hasMessageContaining("tokenizer_config.json").hasMessageContaining("expected a token");
        TinyTokenizers.write(
                folder, "tokenizer_config.json", "{\"added_tokens_decoder\": {\"x\": {\"content\": \"<a>\"}}}");
        loading().hasMessageContaining("expected a token id").hasMessageContaining("'x'");
    }

    @Test
    void aFileThatIsNoSentencePieceModelIsRefused() {
        TinyTokenizers.write(folder, "tokenizer.model", "version https://git-lfs.github.com/spec/v1\n");
        loading().hasMessageContaining("tokenizer.model is no SentencePiece model");
        TinyTokenizers.write(folder, "tokenizer.model", new byte[0]);
        loading().hasMessageContaining("no pieces");
        byte[] model = TinyTokenizers.sentencePiece(false);
        TinyTokenizers.write(folder, "tokenizer.model", Arrays.copyOf(model, model.length - 3));
        loading().hasMessageContaining("ends in the middle");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> loading() {
        return assertThatThrownBy(() -> Tokenizers.load(folder)).isInstanceOf(CheckpointException.class);
    }
}
