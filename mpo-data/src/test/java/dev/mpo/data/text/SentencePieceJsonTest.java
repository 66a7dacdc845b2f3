package dev.mpo.data.text;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vocabulary of SentencePiece as tokenizer.json, read by the tokenizers library itself. */
class SentencePieceJsonTest {

    @TempDir
    private Path temp = Path.of("");

    @Test
    void thePublishedVocabularyCutsRealTextsAlike() throws IOException {
        Path folder = temp.resolve("internlm2");
        Files.createDirectories(folder);
        Files.copy(
                SharedFiles.require("assets/internlm2-tokenizer/tokenizer_internlm2_nonul.model"),
                folder.resolve("tokenizer.model"));
        List<String> texts = new ArrayList<>(List.of(
                "12 apples in 2023, 3.14 and 1,000", "  two  spaces\n\n\ttab ", "你好，世界。图片里有什么？", "𝔘𝔫𝔦 😀 é", ""));
        for (String line : Files.readAllLines(SharedFiles.require("assets/vicuna_pairs.jsonl"))
                .subList(0, 60)) {
            JsonNode row = TokenizerFolder.MAPPER.readTree(line);
            texts.add(row.path("chosen").asText());
            texts.add(row.path("question").asText());
        }

        assertSameIds(folder, texts);
    }

    @Test
    void aSmallVocabularyWithAddedTokensCutsTextsAlike() throws IOException {
        Path folder = SharedFiles.require("goldens/tokenizers/internlm2");

        assertSameIds(folder, List.of("What is in the picture?", "12 in 2023", "ünïcode 你好", "a  b"));
        try (HuggingFaceTokenizer fast = fast(folder)) {
            long[] ids = fast.encode("<|im_start|>user\n<IMG_CONTEXT><|im_end|>", false, false)
                    .getIds();
            try (Tokenizer slow = Tokenizers.load(folder)) {
                assertThat(ids[0]).isEqualTo(slow.tokenId("<|im_start|>"));
                assertThat(ids[ids.length - 1]).isEqualTo(slow.tokenId("<|im_end|>"));
                assertThat(ids[ids.length - 2]).isEqualTo(slow.tokenId("<IMG_CONTEXT>"));
            }
        }
    }

    private void assertSameIds(Path folder, List<String> texts) throws IOException {
        try (HuggingFaceTokenizer fast = fast(folder);
                SentencePieceModel slow = SentencePieceModel.load(new TokenizerFolder(folder))) {
            for (String text : texts) {
                int[] ids = Arrays.stream(fast.encode(text, false, false).getIds())
                        .mapToInt(Math::toIntExact)
                        .toArray();
                assertThat(ids).as(text).containsExactly(slow.encode(text));
            }
        }
    }

    private HuggingFaceTokenizer fast(Path folder) throws IOException {
        Path file = Files.createTempFile(temp, "tokenizer", ".json");
        Files.writeString(file, SentencePieceJson.of(folder).toString());
        return HuggingFaceTokenizer.newInstance(file);
    }
}
