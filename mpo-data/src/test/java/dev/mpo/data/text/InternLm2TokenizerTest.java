package dev.mpo.data.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.config.Family;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SentencePiece on a vocabulary of unknown = 0, begin = 1, end = 2, the bytes from 3 on, " low" = 259, "low" = 260,
 * "lo" = 261, "er" = 262, " " = 263, "l" = 264, ..., "!" = 271, a Chinese character = 272; added {@code <|im_start|>} =
 * 273 and {@code <|im_end|>} = 274, and InternVL's nine from 275 on.
 */
final class InternLm2TokenizerTest {

    @TempDir
    private Path folder;

    private Tokenizer tokenizer;

    @BeforeEach
    void open() {
        tokenizer = Tokenizers.load(TinyTokenizers.internLm2(folder, false));
    }

    @AfterEach
    void close() {
        tokenizer.close();
    }

    @Test
    void textsBeginWithoutAnArtificialSpace() {
        assertThat(tokenizer.encode("low low")).containsExactly(260, 259);
        assertThat(tokenizer.encode("")).isEmpty();
    }

    @Test
    void aModelWithDummyPrefixPutsASpaceBeforeEachPart(@TempDir Path other) {
        try (Tokenizer prefixed = Tokenizers.load(TinyTokenizers.internLm2(other, true))) {
            assertThat(prefixed.encode("low<|im_end|>low")).containsExactly(259, 274, 259);
            assertThat(prefixed.decode(new int[] {259, 259})).isEqualTo("low low");
            assertThat(prefixed.decode(new int[] {263, 263, 260})).isEqualTo(" low");
        }
    }

    @Test
    void charactersOutsideTheVocabularyBecomeBytes() {
        assertThat(tokenizer.encode("Z")).containsExactly(3 + 'Z');
        int[] emoji = tokenizer.encode("\ud83d\ude00");
        assertThat(emoji).containsExactly(3 + 0xF0, 3 + 0x9F, 3 + 0x98, 3 + 0x80);
        assertThat(tokenizer.decode(emoji)).isEqualTo("\ud83d\ude00");
        assertThat(tokenizer.decodeBytes(emoji[1])).containsExactly((byte) 0x9F);
    }

    @Test
    void brokenCharactersBecomeOneReplacementPerByte() {
        assertThat(tokenizer.decode(new int[] {3 + 0xF0, 3 + 0x9F, 269})).isEqualTo("\ufffd\ufffd\n");
        assertThat(tokenizer.decode(new int[] {-1, 260, 100_000})).isEqualTo("low");
    }

    @Test
    void everyTextGetsABeginningIfConfigured(@TempDir Path other) {
        assertThat(tokenizer.addsBos()).isTrue();
        assertThat(tokenizer.encodeWithSpecialTokens("low")).containsExactly(1, 260);
        TinyTokenizers.write(other, "tokenizer.model", TinyTokenizers.sentencePiece(false));
        TinyTokenizers.write(other, "tokenizer_config.json", "{\"add_bos_token\": false}");
        try (Tokenizer plain = Tokenizers.load(other)) {
            assertThat(plain.encodeWithSpecialTokens("low")).containsExactly(260);
            assertThat(plain.bosTokenId()).isEqualTo(1);
            assertThat(plain.padTokenId()).isEqualTo(2);
        }
    }

    @Test
    void specialTokensInsideTheTextBecomeTheirIds() {
        assertThat(tokenizer.encode("<s>low</s><|im_start|>")).containsExactly(1, 260, 2, 273);
        assertThat(tokenizer.encode("<img>low")).containsExactly(275, 260);
        assertThat(tokenizer.family()).isEqualTo(Family.INTERNLM2);
        assertThat(tokenizer.vocabSize()).isEqualTo(284);
    }

    @Test
    void printedTextHasTheOriginalsSpacesAroundSpecialTokens() {
        assertThat(tokenizer.decode(new int[] {1, 260, 2, 269})).isEqualTo(" <s> low</s>\n");
        assertThat(tokenizer.decode(new int[] {1, 260, 274, 269}))
                .as("a token beyond the vocabulary stands alone")
                .isEqualTo(" <s>low <|im_end|> \n");
        assertThat(tokenizer.decode(new int[] {1, 260, 274, 269}, true)).isEqualTo("low\n");
        assertThat(tokenizer.decode(new int[] {260, 263, 271}))
                .as("space before ! removed")
                .isEqualTo("low!");
    }

    @Test
    void bytesOfATokenCarryItsSpace() {
        assertThat(new String(tokenizer.decodeBytes(259), StandardCharsets.UTF_8))
                .isEqualTo(" low");
        assertThat(new String(tokenizer.decodeBytes(274), StandardCharsets.UTF_8))
                .isEqualTo("<|im_end|>");
        assertThat(tokenizer.decodeBytes(-1)).isEmpty();
    }
}
