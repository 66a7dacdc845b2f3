package dev.mpo.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversations on the tiny tokenizers, where ids can be told from the text. */
final class ConversationEncoderTest {

    private static final ChatTemplate TEMPLATE = ChatTemplate.of("internvl2_5");
    private static final List<Turn> QUESTION_AND_ANSWER =
            List.of(Turn.system("s"), Turn.user("<image>q"), Turn.assistant("low"));

    @TempDir
    private Path folder;

    @Test
    void onlyTheAnswerAndItsEndAreLabelled() {
        try (Tokenizer tokenizer = Tokenizers.load(TinyTokenizers.qwen2(folder))) {
            EncodedConversation encoded = encoder(tokenizer, 1000).encode(QUESTION_AND_ANSWER, new int[] {1});
            assertThat(encoded.labelSpans()).hasNumberOfRows(1);
            int[] span = encoded.labelSpans()[0];
            assertThat(Arrays.copyOfRange(encoded.ids(), span[0], span[1])).containsExactly(257, 263);
            assertThat(encoded.numLabels()).isEqualTo(2);
            assertThat(span[1]).as("the last newline stays out").isEqualTo(encoded.ids().length - 1);
        }
    }

    @Test
    void imagesTakeTheirMarkersPlaces() {
        try (Tokenizer tokenizer = Tokenizers.load(TinyTokenizers.qwen2(folder))) {
            List<Turn> turns = List.of(
                    Turn.system(""),
                    Turn.user("<image>"),
                    Turn.assistant("<image>"),
                    Turn.user("<image><image>"),
                    Turn.assistant(""));
            EncodedConversation encoded = encoder(tokenizer, 1000).encode(turns, new int[] {1, 2});
            assertThat(encoded.fullImageTokens()).isEqualTo(3 * 2);
            assertThat(tokenizer.decode(encoded.ids()))
                    .contains("user\n<img><IMG_CONTEXT><IMG_CONTEXT></img><|im_end|>")
                    .contains("assistant\n<image><|im_end|>")
                    .contains("<IMG_CONTEXT></img><image><|im_end|>");
        }
    }

    @Test
    void aBeginningTokenComesOnceAndFirst() {
        try (Tokenizer tokenizer = Tokenizers.load(TinyTokenizers.internLm2(folder, false))) {
            int[] ids = encoder(tokenizer, 1000)
                    .encode(QUESTION_AND_ANSWER, new int[] {1})
                    .ids();
            assertThat(ids).startsWith(1, 273);
            assertThat(ids).containsOnlyOnce(1);
        }
    }

    @Test
    void theLimitCutsIdsAndLabelsAndReportsLostImageTokens() {
        try (Tokenizer tokenizer = Tokenizers.load(TinyTokenizers.qwen2(folder))) {
            EncodedConversation full = encoder(tokenizer, 1000).encode(QUESTION_AND_ANSWER, new int[] {1});
            int length = full.ids().length;
            EncodedConversation cut = encoder(tokenizer, length - 2).encode(QUESTION_AND_ANSWER, new int[] {1});
            assertThat(cut.numLabels()).isEqualTo(1);
            assertThat(cut.truncated()).isTrue();
            assertThat(cut.imagesTruncated()).isFalse();
            EncodedConversation tiny = encoder(tokenizer, 5).encode(QUESTION_AND_ANSWER, new int[] {1});
            assertThat(tiny.ids()).hasSize(5);
            assertThat(tiny.labelSpans()).isEmpty();
            assertThat(tiny.imagesTruncated()).isTrue();
            assertThat(tiny.fullLength()).isEqualTo(length);
        }
    }

    @Test
    void fewerMarkersThanImagesAreRefused() {
        try (Tokenizer tokenizer = Tokenizers.load(TinyTokenizers.qwen2(folder))) {
            assertThatThrownBy(() -> encoder(tokenizer, 1000).encode(QUESTION_AND_ANSWER, new int[] {1, 1}))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("2 image(s) but only 1 '<image>' marker(s)");
        }
    }

    @Test
    void impossibleConversationsAreRefused() {
        assertThatThrownBy(() -> TEMPLATE.segments(List.of()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no turns");
        assertThatThrownBy(() -> TEMPLATE.segments(List.of(Turn.user("q"), Turn.system("s"))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("Turn 2");
        assertThatThrownBy(() -> Role.of("tool"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("'tool'")
                .hasMessageContaining("'human'");
    }

    @Test
    void anUnknownTemplateIsAConfigurationError() {
        assertThatThrownBy(() -> ChatTemplate.of("vicuna"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("'vicuna'")
                .hasMessageContaining("internvl2_5");
    }

    @Test
    void aTokenizerWithoutChatTokensIsRefused() {
        TinyTokenizers.qwen2(folder);
        TinyTokenizers.write(folder, "tokenizer_config.json", "{}");
        try (Tokenizer tokenizer = Tokenizers.load(folder)) {
            assertThatThrownBy(() -> encoder(tokenizer, 1000))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("<|im_end|>");
        }
    }

    @Test
    void aPromptEndsWithTheHeaderOfTheAnswer() {
        assertThat(TEMPLATE.prompt(List.of(Turn.system("s"), Turn.user("q"))))
                .isEqualTo("<|im_start|>system\ns<|im_end|>\n<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n");
        assertThat(TEMPLATE.segments(List.of(Turn.user("q"))).get(0).text()).contains(TEMPLATE.defaultSystemMessage());
    }

    private static ConversationEncoder encoder(Tokenizer tokenizer, int maxLength) {
        return new ConversationEncoder(tokenizer, TEMPLATE, 2, maxLength);
    }
}
