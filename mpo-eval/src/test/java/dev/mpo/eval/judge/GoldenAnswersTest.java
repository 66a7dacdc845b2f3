package dev.mpo.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.ConfigException;
import dev.mpo.eval.judge.answer.AnswerFix;
import dev.mpo.eval.judge.answer.AnswerParser;
import dev.mpo.eval.judge.answer.BoxedText;
import dev.mpo.eval.judge.answer.ParsedAnswer;
import dev.mpo.eval.judge.answer.ThinkFormat;
import dev.mpo.eval.prompt.PromptVersion;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Reading and fixing answers against the recordings. */
final class GoldenAnswersTest {

    @Test
    void answersAreReadAsByTheReference() {
        for (JsonNode parse : PipelineGoldens.json("parse_fix.json").get("parse_answer")) {
            Optional<ParsedAnswer> parsed = parse(parse);
            JsonNode value = parse.get("value");
            Optional<ParsedAnswer> expected = value == null
                    ? Optional.empty()
                    : Optional.of(new ParsedAnswer(
                            value.get(0).textValue(), value.get(1).textValue()));
            assertThat(parsed).as(parse.toString()).isEqualTo(expected);
        }
    }

    private static Optional<ParsedAnswer> parse(JsonNode parse) {
        try {
            return AnswerParser.parse(
                    parse.get("response").textValue(),
                    PromptVersion.of(parse.get("prompt_version").textValue()));
        } catch (ConfigException e) {
            return Optional.empty();
        }
    }

    @Test
    void answersAreFixedAsByTheReference() {
        for (JsonNode fix : PipelineGoldens.json("parse_fix.json").get("fix_answer")) {
            Optional<String> fixed = AnswerFix.fix(
                    fix.get("response").textValue(),
                    fix.get("answer_pred").textValue(),
                    fix.get("answer_gt").textValue());
            assertThat(fixed)
                    .as(fix.toString())
                    .isEqualTo(Optional.ofNullable(fix.get("value")).map(JsonNode::textValue));
        }
    }

    @Test
    void theThinkFormatIsThatOfTheReference() {
        for (JsonNode format : PipelineGoldens.json("parse_fix.json").get("r1_format")) {
            assertThat(ThinkFormat.matches(format.get("response").textValue()))
                    .as(format.toString())
                    .isEqualTo(format.get("ok").booleanValue());
        }
    }

    @Test
    void boxesAreReadAsByTheReference() {
        for (JsonNode box : PipelineGoldens.json("check_answer.json").get("extract_box")) {
            assertThat(BoxedText.extract(box.get("text").textValue()))
                    .isEqualTo(box.get("out").textValue());
        }
    }
}
