package dev.mpo.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.eval.judge.algebra.Equality;
import dev.mpo.eval.judge.algebra.FormulaException;
import dev.mpo.eval.judge.algebra.FormulaParser;
import dev.mpo.eval.judge.answer.AnswerParser;
import dev.mpo.eval.judge.score.Anls;
import dev.mpo.eval.judge.score.AnswerChecker;
import dev.mpo.eval.judge.score.LatexScore;
import dev.mpo.eval.judge.score.MathVerification;
import dev.mpo.eval.judge.score.RelaxedAccuracy;
import dev.mpo.eval.judge.score.ScoreMode;
import dev.mpo.eval.judge.score.VqaNormalizer;
import dev.mpo.eval.judge.text.PythonText;
import dev.mpo.eval.pipeline.sample.DropoutPrefix;
import dev.mpo.eval.prompt.PromptVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules by which answers are read and judged, on examples worked out by hand. */
final class AnswerRulesTest {

    @Test
    void chineseAndJapaneseTextsAreCutByCharacter() {
        assertThat(prefix("中文没有空格", 0.5)).isEqualTo("中文没");
        assertThat(prefix("これはペンです。はい", 0.5)).isEqualTo("これはペ");
        assertThat(prefix("图中有 two red 苹果。", 0.5)).isEqualTo("图中有");
        assertThat(prefix("one two three four", 0.5)).isEqualTo("one two");
    }

    private static String prefix(String text, double ratio) {
        return DropoutPrefix.of(text, ratio, DropoutPrefix.Words.SCRIPT_AWARE);
    }

    @Test
    void similarityIsOneMinusTheShareOfEditedCharacters() {
        assertThat(Anls.of("abcdefghiX", "abcdefghij")).isEqualTo(0.9);
        assertThat(Anls.of("abcdefghijklmnopqrsX", "abcdefghijklmnopqrst")).isEqualTo(0.95);
        assertThat(Anls.of("abc", "xyz")).isZero();
        assertThat(Anls.of("Total  Due", "total due")).isEqualTo(1);
    }

    @Test
    void documentAnswersMustBeNearlyTheSame() {
        AnswerChecker checker = new AnswerChecker();
        List<ScoreMode> documents = ScoreMode.forDataset("docvqa_train");
        assertThat(checker.isRight("abcdefghijklmnopqrsX", "abcdefghijklmnopqrst", documents))
                .isTrue();
        assertThat(checker.isRight("abc", "xyz", documents)).isFalse();
    }

    @Test
    void formulasAreComparedByValue() throws FormulaException {
        assertThat(LatexScore.isRight("\\frac{1}{2}", "0.5")).isTrue();
        assertThat(LatexScore.isRight("\\frac12", "\\sqrt{\\frac{1}{4}}")).isTrue();
        assertThat(LatexScore.isRight("(x+1)^2\\cdot 1", "x^2+2x+1")).isTrue();
        assertThat(LatexScore.isRight("\\sin^2 x+\\cos^2 x", "1")).isTrue();
        assertThat(LatexScore.isRight("\\pi", "3.14")).isFalse();
        assertThat(LatexScore.isRight("\\frac{1}{", "1")).isFalse();
        assertThat(Equality.exact(
                        FormulaParser.arithmetic("-2^2+(1+2)*3"),
                        FormulaParser.latex("5").get(0)))
                .isTrue();
    }

    @Test
    void theValueIsFoundInTheAnswer() {
        assertThat(MathVerification.isRight("The area is $\\frac{25}{2}$", "12.5"))
                .isTrue();
        assertThat(MathVerification.isRight("x = 4", "4")).isTrue();
        assertThat(MathVerification.isRight("1,250 people", "1250")).isTrue();
        assertThat(MathVerification.isRight("25%", "1/4")).isTrue();
        assertThat(MathVerification.isRight("B. 42", "42")).isFalse();
        assertThat(MathVerification.isRight("no number", "42")).isFalse();
    }

    @Test
    void chartAnswersMayBeFivePercentOff() {
        assertThat(RelaxedAccuracy.isRight("104", "100")).isTrue();
        assertThat(RelaxedAccuracy.isRight("106", "100")).isFalse();
        assertThat(RelaxedAccuracy.isRight("2019", "2020")).isFalse();
        assertThat(RelaxedAccuracy.isRight("50", "50%")).isTrue();
    }

    @Test
    void onlyTheFirstPeriodsAreStripped() {
        assertThat(VqaNormalizer.normalize("x".concat(".".repeat(32)))).isEqualTo("x");
        assertThat(VqaNormalizer.normalize("x".concat(".".repeat(33)))).isEqualTo("x.");
    }

    @Test
    void answersWithoutContentProveNothing() {
        assertThat(new AnswerChecker().isRight("the", "an", List.of(ScoreMode.VQA_SCORE)))
                .isFalse();
    }

    @Test
    void aReplyMustGiveReasonsAndOneAnswer() {
        assertThat(AnswerParser.parse("why\nhow\nFinal answer: 3", PromptVersion.EN))
                .hasValueSatisfying(parsed -> assertThat(parsed.answer()).isEqualTo("3"));
        assertThat(AnswerParser.parse("Final answer: 3", PromptVersion.EN)).isEmpty();
    }

    @Test
    void numbersAreReadAsByPython() {
        assertThat(PythonText.number(" 1_000.5e1 ")).hasValue(10005);
        assertThat(PythonText.number("-Infinity")).hasValue(Double.NEGATIVE_INFINITY);
        assertThat(PythonText.number("1d")).isEmpty();
        assertThat(PythonText.number("0x10")).isEmpty();
    }
}
