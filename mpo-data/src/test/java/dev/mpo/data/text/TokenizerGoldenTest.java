package dev.mpo.data.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every string of the reference's list, for every tokenizer. */
final class TokenizerGoldenTest {

    @TestFactory
    Stream<DynamicTest> idsAndTextsAgreeWithTheReference() throws IOException {
        JsonNode golden = Goldens.read("strings.json");
        return golden.path("tokenizers").properties().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> check(entry, golden.path("strings"))));
    }

    private static void check(Map.Entry<String, JsonNode> entry, JsonNode strings) {
        JsonNode expected = entry.getValue();
        try (Tokenizer tokenizer = Goldens.tokenizer(entry.getKey())) {
            checkIdentity(tokenizer, expected);
            JsonNode rows = expected.path("rows");
            assertThat(rows.size()).isEqualTo(strings.size()).isPositive();
            SoftAssertions soft = new SoftAssertions();
            for (int i = 0; i < rows.size(); i++) {
                checkRow(soft, tokenizer, strings.get(i).asText(), rows.get(i));
            }
            soft.assertAll();
        }
    }

    private static void checkRow(SoftAssertions soft, Tokenizer tokenizer, String text, JsonNode row) {
        int[] ids = Goldens.ints(row.path("ids"));
        soft.assertThat(tokenizer.encodeWithSpecialTokens(text)).as(text).isEqualTo(ids);
        soft.assertThat(tokenizer.decode(ids))
                .as(text)
                .isEqualTo(row.path("decode").asText());
        soft.assertThat(tokenizer.decode(ids, true))
                .as(text)
                .isEqualTo(row.path("decode_skip_special").asText());
        for (int i = 0; i < ids.length; i++) {
            soft.assertThat(tokenizer.token(ids[i]))
                    .as(text)
                    .isEqualTo(row.path("tokens").get(i).asText());
        }
    }

    private static void checkIdentity(Tokenizer tokenizer, JsonNode expected) {
        assertThat(tokenizer.vocabSize()).isEqualTo(expected.path("length").intValue());
        assertThat(tokenizer.baseVocabSize())
                .isEqualTo(expected.path("vocab_size").intValue());
        assertThat(tokenizer.numNewTokens())
                .isEqualTo(expected.path("num_new_tokens").intValue());
        assertThat(tokenizer.addsBos()).isEqualTo(expected.path("add_bos_token").booleanValue());
        assertThat(tokenizer.bosTokenId())
                .isEqualTo(expected.path("bos_token_id").asInt(-1));
        assertThat(tokenizer.eosTokenId())
                .isEqualTo(expected.path("eos_token_id").asInt(-1));
        assertThat(tokenizer.padTokenId())
                .isEqualTo(expected.path("pad_token_id").asInt(-1));
        assertThat(tokenizer.tokenId("<IMG_CONTEXT>"))
                .isEqualTo(expected.path("img_context_token_id").intValue());
        assertThat(tokenizer.tokenId("<img>"))
                .isEqualTo(expected.path("img_start_id").intValue());
        assertThat(tokenizer.tokenId("</img>"))
                .isEqualTo(expected.path("img_end_id").intValue());
        assertThat(tokenizer.encodeWithSpecialTokens("<|im_start|>assistant\n"))
                .isEqualTo(Goldens.ints(expected.path("assistant_prefix_ids")));
    }
}
