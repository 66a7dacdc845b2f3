package dev.mpo.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.DataException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every conversation of the reference's list: ids, labels, and the inputs that it refuses. */
final class ConversationGoldenTest {

    private static final int NOT_LABELLED = -100;

    @TestFactory
    Stream<DynamicTest> idsAndLabelsAgreeWithTheReference() throws IOException {
        JsonNode cases = Goldens.read("conversations.json").path("cases");
        assertThat(cases.size()).isPositive();
        return IntStream.range(0, cases.size())
                .mapToObj(i -> DynamicTest.dynamicTest(
                        i + " " + cases.get(i).path("tokenizer").asText(), () -> check(cases.get(i))));
    }

    @Test
    void defaultSystemMessageIsTheReferences() throws IOException {
        assertThat(ChatTemplate.of("internvl2_5").defaultSystemMessage())
                .isEqualTo(Goldens.read("conversations.json")
                        .path("default_system_message")
                        .asText());
    }

    private static void check(JsonNode golden) {
        try (Tokenizer tokenizer = Goldens.tokenizer(golden.path("tokenizer").asText())) {
            ConversationEncoder encoder =
                    new ConversationEncoder(tokenizer, ChatTemplate.of("internvl2_5"), 1, Integer.MAX_VALUE);
            if (golden.has("error")) {
                assertThatThrownBy(() -> encoder.encode(turns(golden), imageTokens(golden)))
                        .isInstanceOf(DataException.class);
                return;
            }
            EncodedConversation encoded = encoder.encode(turns(golden), imageTokens(golden));
            assertThat(encoded.ids()).isEqualTo(Goldens.ints(golden.path("input_ids")));
            assertThat(labels(encoded)).isEqualTo(Goldens.ints(golden.path("labels")));
            assertThat(encoded.truncated()).isFalse();
            checkCuts(tokenizer, golden, encoded);
        }
    }

    /** The reference cuts ids and labels at the limit and does nothing else. */
    private static void checkCuts(Tokenizer tokenizer, JsonNode golden, EncodedConversation full) {
        int[] labels = labels(full);
        for (int limit = 1; limit <= full.ids().length; limit += 7) {
            EncodedConversation cut = new ConversationEncoder(tokenizer, ChatTemplate.of("internvl2_5"), 1, limit)
                    .encode(turns(golden), imageTokens(golden));
            assertThat(cut.ids()).isEqualTo(Arrays.copyOf(full.ids(), limit));
            assertThat(labels(cut)).isEqualTo(Arrays.copyOf(labels, limit));
            assertThat(cut.fullLength()).isEqualTo(full.ids().length);
        }
    }

    private static List<Turn> turns(JsonNode golden) {
        List<Turn> turns = new ArrayList<>();
        for (JsonNode turn : golden.path("conversation")) {
            turns.add(new Turn(
                    Role.of(turn.path("from").asText()), turn.path("value").asText()));
        }
        return turns;
    }

    /** As many images as the case says it has; one tile then stands for one visual token. */
    private static int[] imageTokens(JsonNode golden) {
        int images = golden.path("text_only").asBoolean(false)
                ? 0
                : golden.path("num_image").asInt(1);
        return Arrays.copyOf(Goldens.ints(golden.path("num_image_token_list")), images);
    }

    private static int[] labels(EncodedConversation encoded) {
        int[] labels = new int[encoded.ids().length];
        Arrays.fill(labels, NOT_LABELLED);
        for (int[] span : encoded.labelSpans()) {
            System.arraycopy(encoded.ids(), span[0], labels, span[0], span[1] - span[0]);
        }
        return labels;
    }
}
