package dev.mpo.data.text;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
        loading().hasMessageContaining("vocab.json:2 is not valid JSON: a comma stands where a value must");
        TinyTokenizers.write(folder, "vocab.json", "[]");
        loading().hasMessageContaining("expected one JSON object");
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
        loading().hasMessageContaining("merges.txt: merge 1 (x y) needs the token 'xy', which the vocabulary lacks");
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
        loading().hasMessageContaining("tokenizer.model is a Git LFS pointer");
        TinyTokenizers.write(folder, "tokenizer.model", "no model");
        loading().hasMessageContaining("tokenizer.model: expected a SentencePiece model, but");
        TinyTokenizers.write(folder, "tokenizer.model", new byte[0]);
        loading().hasMessageContaining("no pieces");
        byte[] model = TinyTokenizers.sentencePiece(false);
        TinyTokenizers.write(folder, "tokenizer.model", Arrays.copyOf(model, model.length - 3));
        loading().hasMessageContaining("ends in the middle");
    }

    @Test
    void anIdIsUsedOnce() {
        TinyTokenizers.qwen2(folder);
        TinyTokenizers.write(folder, "vocab.json", "{\"a\": 0, \"b\": 0}");
        loading().hasMessageContaining("vocab.json: the tokens 'a' and 'b' have the same id 0");
        TinyTokenizers.qwen2(folder);
        TinyTokenizers.write(folder, "tokenizer_config.json", "{}");
        TinyTokenizers.write(folder, "added_tokens.json", "{\"<a>\": 261, \"<b>\": 261}");
        loading().hasMessageContaining("added_tokens.json: the added tokens '<a>' and '<b>' have the same id 261");
        TinyTokenizers.write(
                folder,
                "tokenizer_config.json",
                "{\"added_tokens_decoder\": {\"261\": {\"content\": \"<a>\"}, \"262\": {\"content\": \"<a>\"}}}");
        loading().hasMessageContaining("the added token '<a>' has two ids, 261 and 262");
    }

    @Test
    void absurdAndMistypedIdsAreRefused() {
        TinyTokenizers.qwen2(folder);
        for (String id : List.of("2147483647", "1.5", "\"1\"", "99999999999999", "NaN")) {
            TinyTokenizers.write(folder, "vocab.json", "{\"a\": " + id + "}");
            loading().hasMessageContaining("vocab.json: token 'a' has the id").hasMessageContaining("whole number");
        }
        TinyTokenizers.qwen2(folder);
        TinyTokenizers.write(folder, "tokenizer_config.json", "{}");
        TinyTokenizers.write(folder, "added_tokens.json", "{\"<a>\": 2147483647}");
        loading().hasMessageContaining("added_tokens.json: expected a token id");
    }

    @Test
    void aMissingTokenIsNotAppendedUnderAnIdThatIsTaken() {
        TinyTokenizers.qwen2(folder);
        TinyTokenizers.write(folder, "tokenizer_config.json", "{}");
        TinyTokenizers.write(folder, "added_tokens.json", "{\"<|endoftext|>\": 261, \"<a>\": 264}");
        loading().hasMessageContaining("ids have gaps").hasMessageContaining("is taken by '<a>'");
    }

    @Test
    void pointersArraysAndByteOrderMarksAreNamedForEveryFile() {
        for (String name : List.of("vocab.json", "merges.txt", "tokenizer_config.json")) {
            TinyTokenizers.qwen2(folder);
            TinyTokenizers.write(folder, name, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
            loading().hasMessageContaining(name + " is a Git LFS pointer");
        }
        for (String name : List.of("vocab.json", "tokenizer_config.json")) {
            TinyTokenizers.qwen2(folder);
            TinyTokenizers.write(folder, name, "\uFEFF{}");
            loading().hasMessageContaining(name + ":1 begins with a byte order mark");
            TinyTokenizers.write(folder, name, "[]");
            loading().hasMessageContaining(name + ": expected one JSON object in braces, got a list");
        }
    }

    private AbstractThrowableAssert<?, ? extends Throwable> loading() {
        return assertThatThrownBy(() -> Tokenizers.load(folder)).isInstanceOf(CheckpointException.class);
    }
}
