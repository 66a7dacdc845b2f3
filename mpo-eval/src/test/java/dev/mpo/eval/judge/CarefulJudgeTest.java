package dev.mpo.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.eval.judge.score.AnswerJudge;
import dev.mpo.eval.judge.score.CarefulJudge;
import dev.mpo.eval.judge.score.Judgement;
import dev.mpo.eval.judge.score.ScoreMode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verdicts on answers as olympiads, textbooks and models write them. */
final class CarefulJudgeTest {

    private static final List<ScoreMode> MATHEMATICS = ScoreMode.forDataset("mavis_math");
    private static final List<ScoreMode> GENERAL = ScoreMode.forDataset("kitchen_en");

    private final AnswerJudge judge = new CarefulJudge();

    private record Line(String groundTruth, String answer, String verdict) {}

    private static List<Line> lines() throws IOException {
        try (InputStream in = CarefulJudgeTest.class.getResourceAsStream("expressions.tsv")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .map(parts -> new Line(parts[0], parts[1], parts[2]))
                    .toList();
        }
    }

    @Test
    void answersAreJudgedByWhatTheyMean() throws IOException {
        List<String> disagreements = new ArrayList<>();
        List<Line> lines = lines();
        for (Line line : lines) {
            for (List<ScoreMode> modes : List.of(MATHEMATICS, GENERAL)) {
                Judgement judgement = judge.judge(line.answer(), line.groundTruth(), modes);
                boolean agrees = switch (line.verdict()) {
                    case "R" -> judgement == Judgement.RIGHT;
                    case "N" -> judgement != Judgement.RIGHT;
                    default -> judgement == Judgement.UNDECIDED;
                };
                if (!agrees) {
                    disagreements.add(line + " was " + judgement);
                }
            }
        }
        assertThat(disagreements).isEmpty();
        assertThat(lines.size()).isGreaterThanOrEqualTo(300);
    }

    /** The bounds do not depend on the stack of the thread that judges. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "1,",
                "(x+1)",
                "1+",
                "\\frac{1}{",
                "\\sqrt{",
                "\\boxed{",
                "7",
                " ",
                "((",
                "{",
                "-",
                "x^",
                "a=",
                "1 ",
                "\\text{a}",
                "& 1 \\\\",
                "1/",
                "**",
                "$",
                "\\(",
                "Final answer: ",
                "<think>",
                "|",
                "\\left(",
                "!"
            })
    void anAnswerThatLoopsIsUndecidedOrWrongButNeverFatal(String piece) throws InterruptedException {
        for (int times : new int[] {300, 4_000}) {
            String loop = piece.repeat(times);
            for (String answer : List.of(loop, "$" + loop + "$", "\\[" + loop + "\\]", "\\boxed{" + loop + "}")) {
                List<Judgement> judgements = new ArrayList<>();
                Thread small = new Thread(
                        null,
                        () -> {
                            judgements.add(judge.judge(answer, "5", MATHEMATICS));
                            judgements.add(judge.judge("5", answer, GENERAL));
                        },
                        "small stack",
                        256 * 1024);
                small.start();
                small.join(10_000);
                assertThat(judgements).as(piece + " " + times).hasSize(2).doesNotContain(Judgement.RIGHT);
            }
        }
    }

    @Test
    void randomTextsAreJudgedWithinTheBounds() {
        String[] pieces = {
            "1",
            "23",
            ",",
            ".",
            "x",
            "\\frac",
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            "$",
            "\\sqrt",
            "^",
            "_",
            "+",
            "-",
            "*",
            "/",
            "=",
            "<",
            "\\le",
            "%",
            " cm",
            "\\text{",
            "\\pi",
            "i",
            "e",
            "|",
            "\\pm",
            ":",
            ";",
            " and ",
            "\\\\",
            "&",
            "\\begin{pmatrix}",
            "\\end{pmatrix}",
            "!",
            "°",
            "√",
            "−",
            "\\{",
            "\\}",
            "\\cup",
            "0",
            "\\log_",
            "\\sin",
            " ",
            "\n"
        };
        long inputs = Long.getLong("mpo.fuzz.inputs", 3_000);
        SplittableRandom random = new SplittableRandom(7);
        for (long i = 0; i < inputs; i++) {
            StringBuilder answer = new StringBuilder();
            int length = random.nextInt(1, 25);
            for (int k = 0; k < length; k++) {
                answer.append(pieces[random.nextInt(pieces.length)]);
            }
            String text = answer.toString();
            long start = System.nanoTime();
            judge.judge(text, "12", random.nextBoolean() ? MATHEMATICS : GENERAL);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).as(text).isLessThan(Duration.ofSeconds(10));
            assertThat(judge.judge(text, text, MATHEMATICS)).isEqualTo(Judgement.RIGHT);
        }
    }

    @Test
    void chartsAndDocumentsKeepTheirOwnRules() {
        assertThat(judge.judge("104", "100", ScoreMode.forDataset("chartqa_train")))
                .isEqualTo(Judgement.RIGHT);
        assertThat(judge.judge("Total  Due", "total due", ScoreMode.forDataset("docvqa_train")))
                .isEqualTo(Judgement.RIGHT);
        assertThat(judge.judge("3.1415", "3.1416", GENERAL)).isEqualTo(Judgement.RIGHT);
    }
}
