package dev.mpo.data.synth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.data.text.ChatTemplate;
import dev.mpo.data.text.ImageTokens;
import dev.mpo.data.text.Tokenizer;
import dev.mpo.data.text.Tokenizers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NanoTokenizerWriterTest {

    private static final List<String> TEXTS = List.of(
            "What colour is the circle?",
            "The circle is red.",
            "<image>\n<image>\nWhat colour is in the second picture?",
            "How many shapes are there?");

    @TempDir
    static Path folder;

    private static NanoTokenizerWriter.Written written = new NanoTokenizerWriter.Written(0, 0, 0);

    @BeforeAll
    static void writeOnce() {
        written = NanoTokenizerWriter.write(folder, NanoCheckpoint.tokenizerTexts(TEXTS));
    }

    @Test
    void textsComeBackUnchanged() {
        try (Tokenizer tokenizer = Tokenizers.load(folder)) {
            for (String text : TEXTS) {
                assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
            }
            String unseen = "Zwölf große Äpfel, 三只猫 & 42 \uD83D\uDE00?";
            assertThat(tokenizer.decode(tokenizer.encode(unseen))).isEqualTo(unseen);
        }
    }

    @Test
    void knownTextsTakeOneTokenPerWord() {
        try (Tokenizer tokenizer = Tokenizers.load(folder)) {
            assertThat(tokenizer.encode("What colour is the circle?")).hasSize(6);
            assertThat(tokenizer.encode("The circle is red.")).hasSize(5);
        }
    }

    @Test
    void defaultSystemMessageTakesFewTokens() {
        try (Tokenizer tokenizer = Tokenizers.load(folder)) {
            String message = ChatTemplate.of(NanoCheckpoint.TEMPLATE).defaultSystemMessage();
            assertThat(tokenizer.encode(message)).hasSizeLessThan(10);
        }
    }

    @Test
    void specialTokensAreSingleIdsAtTheEnd() {
        try (Tokenizer tokenizer = Tokenizers.load(folder)) {
            assertThat(tokenizer.vocabSize()).isEqualTo(written.vocabSize());
            assertThat(tokenizer.numNewTokens()).isZero();
            assertThat(tokenizer.padTokenId()).isEqualTo(written.padTokenId());
            assertThat(tokenizer.eosTokenId()).isEqualTo(written.endOfTurnTokenId());
            assertThat(tokenizer.encode(ImageTokens.of(4))).hasSize(6);
            assertThat(Arrays.stream(tokenizer.encode(
                                    "<|im_start|><|im_end|><|endoftext|><quad></quad><ref></ref><box></box>"))
                            .boxed())
                    .hasSize(9)
                    .allMatch(id -> id >= tokenizer.baseVocabSize() && id < tokenizer.vocabSize());
        }
    }
}
