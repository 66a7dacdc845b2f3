package dev.mpo.eval.pipeline.pairs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.DataException;
import dev.mpo.eval.judge.answer.AnswerFix;
import dev.mpo.eval.judge.answer.AnswerParser;
import dev.mpo.eval.judge.answer.ParsedAnswer;
import dev.mpo.eval.judge.score.AnswerJudge;
import dev.mpo.eval.judge.score.ScoreMode;
import dev.mpo.eval.pipeline.pairs.JudgedResponse.Verdict;
import dev.mpo.eval.prompt.PromptVersion;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads, fixes and judges the responses of one data set. */
final class ResponseJudge {

    /** What stands for the answer where none could be read. */
    private static final String NO_ANSWER = "None";

    private static final Logger LOG = LoggerFactory.getLogger(ResponseJudge.class);

    private final AnswerJudge judge;
    private final List<ScoreMode> modes;
    private final PairOptions options;

    ResponseJudge(AnswerJudge judge, List<ScoreMode> modes, PairOptions options) {
        this.judge = judge;
        this.modes = modes;
        this.options = options;
    }

    JudgedResponse judge(SampledResponse sampled) {
        try {
            return judged(sampled);
        } catch (DataException e) {
            throw e; // a mistake in the file, which its user can mend
        } catch (RuntimeException | StackOverflowError e) {
            LOG.warn("{}: the response cannot be judged and counts as undecided", sampled.where());
            LOG.debug("why", e);
            return judged(sampled, sampled.response(), NO_ANSWER, Verdict.UNDECIDED);
        }
    }

    private JudgedResponse judged(SampledResponse sampled) {
        if (options.correctnessCache()) {
            Verdict verdict = sampled.isMarkedCorrect() ? Verdict.RIGHT : Verdict.WRONG;
            return new JudgedResponse(sampled, sampled.row(), sampled.response(), NO_ANSWER, verdict);
        }
        PromptVersion version = sampled.promptVersion();
        Optional<ParsedAnswer> parsed = AnswerParser.parse(sampled.response(), version);
        if (parsed.isEmpty()) {
            return judged(sampled, sampled.response(), NO_ANSWER, Verdict.UNREADABLE);
        }
        String answer = parsed.get().answer();
        String groundTruth = sampled.key().answer();
        Optional<String> response = options.answerFix() && version.endsWithAnswer()
                ? AnswerFix.fix(sampled.response(), answer, groundTruth)
                : Optional.of(sampled.response());
        if (response.isEmpty()) {
            return judged(sampled, sampled.response(), NO_ANSWER, Verdict.UNREADABLE);
        }
        Verdict verdict = switch (judge.judge(answer, groundTruth, modes)) {
            case RIGHT -> Verdict.RIGHT;
            case WRONG -> Verdict.WRONG;
            case UNDECIDED -> Verdict.UNDECIDED;
        };
        return judged(sampled, response.get(), answer, verdict);
    }

    private static JudgedResponse judged(SampledResponse sampled, String response, String answer, Verdict verdict) {
        ObjectNode row = sampled.row().deepCopy();
        row.put("response", response);
        row.put("answer_pred", answer);
        return new JudgedResponse(sampled, row, response, answer, verdict);
    }
}
