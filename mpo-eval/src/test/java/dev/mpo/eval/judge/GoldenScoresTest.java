package dev.mpo.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.eval.judge.answer.OptionLetter;
import dev.mpo.eval.judge.score.Anls;
import dev.mpo.eval.judge.score.AnswerChecker;
import dev.mpo.eval.judge.score.AnswerJudge;
import dev.mpo.eval.judge.score.Judgement;
import dev.mpo.eval.judge.score.LatexScore;
import dev.mpo.eval.judge.score.MathScore;
import dev.mpo.eval.judge.score.MultipleChoice;
import dev.mpo.eval.judge.score.RelaxedAccuracy;
import dev.mpo.eval.judge.score.ScoreMode;
import dev.mpo.eval.judge.score.VqaNormalizer;
import dev.mpo.eval.judge.score.VqaScore;
import dev.mpo.eval.judge.text.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Verdicts and scores against the recordings. */
final class GoldenScoresTest {

    private static final Logger LOG = LoggerFactory.getLogger(GoldenScoresTest.class);

    @Test
    void verdictsAreThoseOfTheReference() {
        JsonNode golden = PipelineGoldens.json("check_answer.json");
        AnswerJudge judge = PipelineGoldens.withInvertedAnls();
        int verified = 0;
        List<String> disagreements = new ArrayList<>();
        for (String list : List.of("cases", "anls_both_blank")) {
            for (JsonNode check : golden.get(list)) {
                if (check.has("error")) {
                    continue;
                }
                boolean agrees = isRight(judge, check) == (check.get("value").intValue() == 1);
                if (check.get("math_verify_can_matter").booleanValue()) {
                    verified++;
                    if (!agrees) {
                        disagreements.add(check.toString());
                    }
                } else {
                    assertThat(agrees).as(check.toString()).isTrue();
                }
            }
        }
        LOG.info("{} of {} math-verify verdicts agree", verified - disagreements.size(), verified);
        assertThat(verified).isEqualTo(90);
        assertThat(disagreements).isEmpty();
    }

    /** The documented difference: where the document score alone decides, similarity takes the place of distance. */
    @Test
    void documentAnswersAreJudgedBySimilarity() {
        for (JsonNode check : PipelineGoldens.json("check_answer.json").get("cases")) {
            if (PipelineGoldens.modes(check.get("mode")).equals(List.of(ScoreMode.ANLS))) {
                String answer = check.get("answer_pred").textValue();
                String groundTruth = check.get("answer_gt").textValue();
                AnswerChecker checker = new AnswerChecker();
                assertThat(isRight(
                                (given, wanted, modes) -> Judgement.of(checker.isRight(given, wanted, modes)), check))
                        .as(check.toString())
                        .isEqualTo(Anls.of(answer, groundTruth) > 0.9);
            }
        }
    }

    private static boolean isRight(AnswerJudge judge, JsonNode check) {
        return judge.judge(
                        check.get("answer_pred").textValue(),
                        check.get("answer_gt").textValue(),
                        check.has("mode") ? PipelineGoldens.modes(check.get("mode")) : List.of(ScoreMode.ANLS))
                == Judgement.RIGHT;
    }

    @Test
    void datasetsAreJudgedByTheScoresOfTheReference() {
        for (JsonNode dataset : PipelineGoldens.json("check_answer.json").get("get_mode")) {
            assertThat(ScoreMode.forDataset(dataset.get("ds_name").textValue()))
                    .containsExactlyInAnyOrderElementsOf(PipelineGoldens.modes(dataset.get("mode")));
        }
    }

    @Test
    void scoresAreThoseOfTheReference() {
        for (JsonNode scores : PipelineGoldens.json("check_answer.json").get("score_functions")) {
            String answer = scores.get("answer_pred").textValue();
            String groundTruth = scores.get("answer_gt").textValue();
            String as = scores.toString();
            assertThat(MathScore.isRight(answer, groundTruth)).as(as).isEqualTo(truth(scores.get("math_score")));
            assertThat(RelaxedAccuracy.isRight(answer, groundTruth))
                    .as(as)
                    .isEqualTo(truth(scores.get("relaxed_correctness")));
            assertThat(MultipleChoice.isRight(answer, groundTruth))
                    .as(as)
                    .isEqualTo(truth(scores.get("multi_choice_score")));
            assertThat(Anls.distance(PythonText.lower(answer), PythonText.lower(groundTruth)))
                    .as(as)
                    .isEqualTo(scores.get("levenshtein").intValue());
            assertThat(VqaNormalizer.normalize(answer)).as(as).isEqualTo(text(scores, "processed_pred"));
            assertThat(VqaNormalizer.normalize(groundTruth)).as(as).isEqualTo(text(scores, "processed_gt"));
            assertThat(VqaScore.of(answer, groundTruth))
                    .as(as)
                    .isEqualTo(scores.get("vqa_score").doubleValue());
            assertThat(LatexScore.applies(answer))
                    .as(as)
                    .isEqualTo(scores.get("use_latex_score_pred").booleanValue());
            assertThat(OptionLetter.of(answer))
                    .as(as)
                    .isEqualTo(
                            Optional.ofNullable(scores.get("post_process_pred").get("value"))
                                    .map(JsonNode::textValue));
        }
    }

    private static boolean truth(JsonNode score) {
        return score.path("value").asBoolean();
    }

    private static String text(JsonNode node, String field) {
        return node.get(field).textValue();
    }

    @Test
    void textsAreNormalisedAsByTheReference() {
        for (JsonNode text : PipelineGoldens.json("check_answer.json").get("processor_text")) {
            assertThat(VqaNormalizer.normalize(text.get("text").textValue()))
                    .isEqualTo(text.get("out").textValue());
        }
    }
}
