package dev.mpo.data.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.config.Family;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Byte-level BPE on a vocabulary of bytes, "lo" = 256, "low" = 257, "er" = 258, " low" = 259, "\n\n" = 260, then
 * {@code <|endoftext|>} = 261, {@code <|im_start|>} = 262, {@code <|im_end|>} = 263, {@code <tool>} = 264,
 * {@code <strip>} = 265, {@code <word>} = 266, and InternVL's nine from 267 on.
 */
final class Qwen2TokenizerTest {

    @TempDir
    private Path folder;

    private Tokenizer tokenizer;

    @BeforeEach
    void open() {
        tokenizer = Tokenizers.load(TinyTokenizers.qwen2(folder));
    }

    @AfterEach
    void close() {
        tokenizer.close();
    }

    @Test
    void pairsAreMergedInTheOrderOfTheMergesFile() {
        assertThat(tokenizer.encode("lower low")).containsExactly(257, 258, 259);
        assertThat(tokenizer.encode("\n\n\n")).containsExactly(260, '\n');
    }

    @Test
    void wordsAreCutBeforeMerging() {
        assertThat(tokenizer.encode("lo1low")).containsExactly(256, '1', 257);
        assertThat(tokenizer.encode("")).isEmpty();
    }

    @Test
    void addedTokensInsideTheTextBecomeTheirIds() {
        assertThat(tokenizer.encode("<|im_end|>low<tool>\n")).containsExactly(263, 257, 264, '\n');
        assertThat(tokenizer.encode("<|im_end>")).doesNotContain(263);
    }

    @Test
    void strippingTokensTakeTheWhiteSpaceAroundThem() {
        assertThat(tokenizer.encode("lo \u00a0\t<strip> \n low")).containsExactly(256, 265, 257);
    }

    @Test
    void singleWordTokensCountOnlyBetweenSpaces() {
        assertThat(tokenizer.encode(" <word> ")).containsExactly(' ', 266, ' ');
        assertThat(tokenizer.encode("o<word>")).doesNotContain(266).hasSize(7);
        assertThat(tokenizer.encode("<word>o")).doesNotContain(266).hasSize(7);
    }

    @Test
    void unicodeIsComposedBeforeTokensAreLookedFor() {
        assertThat(tokenizer.encode("e\u0301")).containsExactly(0xC3, 0xA9);
        assertThat(tokenizer.encode("<tool>\u0338"))
                .as("> and the stroke become one character")
                .doesNotContain(264);
    }

    @Test
    void loneSurrogatesCountAsReplacementCharacters() {
        assertThat(tokenizer.encode("\ud83d")).isEqualTo(tokenizer.encode("\ufffd"));
        assertThat(tokenizer.encode("a\ude00\ud83d\ude00")).isEqualTo(tokenizer.encode("a\ufffd\ud83d\ude00"));
    }

    @Test
    void internVlTokensThatAreAbsentAreAppended() {
        assertThat(tokenizer.numNewTokens()).isEqualTo(9);
        assertThat(tokenizer.vocabSize()).isEqualTo(276);
        assertThat(tokenizer.baseVocabSize()).isEqualTo(261);
        assertThat(tokenizer.encode("<img><IMG_CONTEXT></img>")).containsExactly(267, 269, 268);
        assertThat(tokenizer.isSpecial(269)).isTrue();
    }

    @Test
    void rolesComeFromTheConfiguration() {
        assertThat(tokenizer.eosTokenId()).isEqualTo(263);
        assertThat(tokenizer.padTokenId()).isEqualTo(261);
        assertThat(tokenizer.bosTokenId()).isEqualTo(-1);
        assertThat(tokenizer.addsBos()).isFalse();
        assertThat(tokenizer.encodeWithSpecialTokens("low")).containsExactly(257);
        assertThat(tokenizer.family()).isEqualTo(Family.QWEN2);
        assertThat(tokenizer.isSpecial(264))
                .as("<tool> is added but has no role")
                .isFalse();
        assertThat(tokenizer.tokenId("no such token")).isEqualTo(-1);
    }

    @Test
    void charactersSpreadOverTokensSurviveDecoding() {
        String text = "\ud83d\ude00 low \u4e2d\u6587 <|im_end|>";
        int[] ids = tokenizer.encode(text);
        assertThat(tokenizer.decode(ids)).isEqualTo(text);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(tokenizer.decodeBytes(id));
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(text);
    }

    @Test
    void decodingLeavesSpecialTokensOutOnRequest() {
        int[] ids = tokenizer.encode("<|im_start|>low<tool><img>er<|im_end|>");
        assertThat(tokenizer.decode(ids, true)).isEqualTo("low<tool>er");
        assertThat(tokenizer.decode(ids, false)).isEqualTo("<|im_start|>low<tool><img>er<|im_end|>");
    }

    @Test
    void brokenCharactersAndUnknownIdsDecodeWithoutFailing() {
        assertThat(tokenizer.decode(new int[] {0xF0, 0x9F, 'a'})).isEqualTo("\ufffda");
        assertThat(tokenizer.decode(new int[] {-1, 'a', 100_000})).isEqualTo("a");
        assertThat(tokenizer.decodeBytes(100_000)).isEmpty();
        assertThat(tokenizer.token(-5)).isEmpty();
    }

    @Test
    void longTextsAreNotCut() {
        assertThat(tokenizer.encode("!".repeat(5000))).hasSize(5000);
    }

    @Test
    void threadsMayShareATokenizer() {
        int[] expected = tokenizer.encode("lower low <|im_end|>");
        assertThat(IntStream.range(0, 200).parallel().mapToObj(i -> tokenizer.encode("lower low <|im_end|>")))
                .allSatisfy(ids -> assertThat(ids).isEqualTo(expected));
    }

    @Test
    void tokenizerJsonAloneGivesTheSameIds(@TempDir Path other) throws IOException {
        ObjectNode root = TinyTokenizers.MAPPER.createObjectNode();
        ObjectNode model = root.putObject("model");
        model.set("vocab", json("vocab.json"));
        ArrayNode merges = model.putArray("merges");
        TinyTokenizers.MERGES.forEach(merges::add);
        ArrayNode added = root.putArray("added_tokens");
        for (var entry :
                json("tokenizer_config.json").path("added_tokens_decoder").properties()) {
            ObjectNode token = entry.getValue().deepCopy();
            token.put("id", Integer.parseInt(entry.getKey()));
            added.add(token.put("special", entry.getKey().equals("262")));
        }
        TinyTokenizers.write(other, "tokenizer.json", root.toString());
        String text = "<|im_start|>lower\n\n<strip> low";
        try (Tokenizer fast = Tokenizers.load(other)) {
            assertThat(fast.encode(text)).isEqualTo(tokenizer.encode(text));
            assertThat(fast.isSpecial(262)).isTrue();
            assertThat(fast.eosTokenId()).as("the class's default").isEqualTo(261);
        }
    }

    @Test
    void olderFoldersListTheirTokensInTwoFiles(@TempDir Path other) {
        TinyTokenizers.qwen2(other);
        TinyTokenizers.write(other, "tokenizer_config.json", "{}");
        TinyTokenizers.write(
                other, "added_tokens.json", "{\"<|endoftext|>\": 261, \"<|im_start|>\": 262, \"<|im_end|>\": 263}");
        TinyTokenizers.write(
                other,
                "special_tokens_map.json",
                "{\"eos_token\": {\"content\": \"<|im_end|>\"}, \"additional_special_tokens\": [\"<|im_start|>\"]}");
        try (Tokenizer old = Tokenizers.load(other)) {
            assertThat(old.encode("<|im_start|>low")).containsExactly(262, 257);
            assertThat(old.eosTokenId()).isEqualTo(263);
            assertThat(old.isSpecial(262)).isTrue();
            assertThat(old.tokenId("<img>")).isEqualTo(264);
        }
    }

    private JsonNode json(String name) throws IOException {
        return TinyTokenizers.MAPPER.readTree(Files.readAllBytes(folder.resolve(name)));
    }
}
