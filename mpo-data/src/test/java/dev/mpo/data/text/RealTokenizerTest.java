package dev.mpo.data.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.testkit.SharedFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The published vocabularies on real preference pairs: nothing of a text may be lost. */
final class RealTokenizerTest {

    @Test
    void qwen25KeepsRealTextsAndKnowsInternVlTokens() throws IOException {
        try (Tokenizer tokenizer = Tokenizers.load(SharedFiles.require("assets/qwen2.5-internvl-tokenizer"))) {
            assertThat(tokenizer.vocabSize()).isEqualTo(151674);
            assertThat(tokenizer.numNewTokens()).isZero();
            assertThat(tokenizer.tokenId("<IMG_CONTEXT>")).isEqualTo(151667);
            assertThat(tokenizer.encode("Hello world<|im_end|>\n")).containsExactly(9707, 1879, 151645, 198);
            for (String text : texts()) {
                assertThat(bytes(tokenizer, text)).isEqualTo(Normalizer.normalize(text, Normalizer.Form.NFC));
            }
        }
    }

    @Test
    void internLm2KeepsRealTextsAndItsLiteralNul() throws IOException {
        try (Tokenizer tokenizer = Tokenizers.load(SharedFiles.require("assets/internlm2-tokenizer"))) {
            assertThat(tokenizer.baseVocabSize()).isEqualTo(92544);
            assertThat(tokenizer.encode("a\0b")).containsExactly(264, 354, 260);
            assertThat(tokenizer.decode(new int[] {354})).isEqualTo("\0");
            for (String text : texts()) {
                assertThat(bytes(tokenizer, text)).isEqualTo(text);
            }
        }
    }

    private static String bytes(Tokenizer tokenizer, String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : tokenizer.encode(text)) {
            bytes.writeBytes(tokenizer.decodeBytes(id));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static List<String> texts() throws IOException {
        List<String> texts = new ArrayList<>();
        ObjectMapper mapper = new ObjectMapper();
        for (String line : Files.readAllLines(SharedFiles.require("assets/vicuna_pairs.jsonl"))) {
            JsonNode row = mapper.readTree(line);
            texts.add(row.path("question").asText());
            texts.add(row.path("chosen").asText());
        }
        assertThat(texts).isNotEmpty();
        return texts;
    }
}
