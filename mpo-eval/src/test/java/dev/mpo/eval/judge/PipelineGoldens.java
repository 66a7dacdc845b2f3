package dev.mpo.eval.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mpo.eval.judge.score.Anls;
import dev.mpo.eval.judge.score.AnswerChecker;
import dev.mpo.eval.judge.score.AnswerJudge;
import dev.mpo.eval.judge.score.Judgement;
import dev.mpo.eval.judge.score.ScoreMode;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Recordings of the reference pipelines, read from the folder beside the checkout. */
public final class PipelineGoldens {

    private static final JsonMapper MAPPER = new JsonMapper();

    private PipelineGoldens() {}

    /** Returns a file of the recordings, or aborts the test. */
    public static Path file(String name) {
        return SharedFiles.require("goldens/golden/g_pipeline/" + name);
    }

    /** Returns a JSON file of the recordings, or aborts the test. */
    public static JsonNode json(String name) {
        try {
            return MAPPER.readTree(file(name).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the elements of an array. */
    public static Stream<JsonNode> each(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    /** Returns the score modes of a recorded list of names. */
    public static List<ScoreMode> modes(JsonNode names) {
        return each(names)
                .map(name -> Arrays.stream(ScoreMode.values())
                        .filter(mode -> mode.key().equals(name.textValue()))
                        .findFirst()
                        .orElseThrow())
                .toList();
    }

    /**
     * Returns the checker with the reference's document score, which takes the distance for the similarity: with it
     * everything around that score can be compared exactly.
     */
    public static AnswerJudge withInvertedAnls() {
        AnswerChecker checker = new AnswerChecker();
        return (answer, groundTruth, modes) -> Judgement.of(checker.isRight(
                        answer,
                        groundTruth,
                        modes.stream().filter(mode -> mode != ScoreMode.ANLS).toList())
                || (modes.contains(ScoreMode.ANLS) && invertedAnls(answer, groundTruth) > 0.9));
    }

    private static double invertedAnls(String answer, String groundTruth) {
        int longest = Math.max(
                answer.codePointCount(0, answer.length()), groundTruth.codePointCount(0, groundTruth.length()));
        return (double) Anls.distance(normal(answer), normal(groundTruth)) / longest;
    }

    private static String normal(String text) {
        return text.toLowerCase(Locale.ROOT).strip().replaceAll("\\s+", " ");
    }
}
