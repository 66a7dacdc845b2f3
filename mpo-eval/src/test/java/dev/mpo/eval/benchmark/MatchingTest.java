package dev.mpo.eval.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Matching of answers against recordings of the real code. */
class MatchingTest {

    private static Optional<String> recorded(JsonNode node) {
        return node.isTextual() ? Optional.of(node.textValue()) : Optional.empty();
    }

    @Test
    void optionsAreMatchedAsByBothGenerations() {
        List<String> wrong = new ArrayList<>();
        for (JsonNode one : Recordings.json("match.json").get("cases")) {
            Map<String, String> choices = new LinkedHashMap<>();
            one.get("choices")
                    .properties()
                    .forEach(e -> choices.put(e.getKey(), e.getValue().asText()));
            String text = one.get("text").asText();
            if (!OptionMatcher.NOW.match(text, choices).equals(recorded(one.get("now")))
                    || !OptionMatcher.NOW.letter(text, choices).equals(recorded(one.get("now_option")))
                    || !OptionMatcher.DECEMBER_2024.match(text, choices).equals(recorded(one.get("dec2024")))) {
                wrong.add(one + " got " + OptionMatcher.NOW.match(text, choices)
                        + OptionMatcher.NOW.letter(text, choices) + OptionMatcher.DECEMBER_2024.match(text, choices));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void yesAndNoAreFoundAsByTheKit() {
        for (JsonNode one : Recordings.json("yesno.json")) {
            assertThat(YesNo.of(one.get("text").asText()).orElse("Unknown"))
                    .as(one.toString())
                    .isEqualTo(one.get("extracted").asText());
        }
    }

    @Test
    void finalAnswersAreCutOutAsByTheKit() {
        for (JsonNode one : Recordings.json("postprocess.json").get("mpo")) {
            assertThat(MpoAnswer.of(one.get("text").asText()))
                    .as(one.toString())
                    .isEqualTo(one.get("mcq").asText())
                    .isEqualTo(one.get("crpe").asText());
        }
    }

    @Test
    void openAnswersAreScoredAsByTheKit() {
        JsonNode open = Recordings.json("open.json");
        for (JsonNode one : open.get("vqa_process_answer")) {
            assertThat(VqaAnswer.normalize(one.get("text").asText()))
                    .as(one.toString())
                    .isEqualTo(one.get("out").asText());
        }
        for (JsonNode one : open.get("vqa_score")) {
            List<String> answers = new ArrayList<>();
            one.get("answers").forEach(answer -> answers.add(answer.asText()));
            assertThat(VqaAnswer.score(answers, one.get("prediction").asText()))
                    .as(one.toString())
                    .isCloseTo(one.get("score").doubleValue(), org.assertj.core.data.Offset.offset(1e-12));
        }
        for (JsonNode one : open.get("relaxed")) {
            assertThat(ChartAnswer.isRight(
                            one.get("target").asText(), one.get("prediction").asText()))
                    .as(one.toString())
                    .isEqualTo(one.get("correct").booleanValue());
        }
        for (JsonNode one : open.get("anls")) {
            assertThat(DocumentAnswer.score(
                            one.get("answer").asText(), one.get("prediction").asText()))
                    .as(one.toString())
                    .isCloseTo(one.get("score").doubleValue(), org.assertj.core.data.Offset.offset(1e-12));
        }
        for (JsonNode one : open.get("crpe")) {
            if (one.get("correct").isBoolean()) {
                assertThat(CrpeAnswer.isRight(
                                one.get("answer").asText(),
                                one.get("prediction").asText()))
                        .as(one.toString())
                        .isEqualTo(one.get("correct").booleanValue());
            }
        }
    }
}
