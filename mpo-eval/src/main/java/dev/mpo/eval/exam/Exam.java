package dev.mpo.eval.exam;

import dev.mpo.core.generate.Generation;
import dev.mpo.core.generate.GenerationListener;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.eval.generate.ChatRequest;
import dev.mpo.eval.generate.Generator;
import dev.mpo.eval.judge.score.AnswerJudge;
import dev.mpo.eval.judge.score.CarefulJudge;
import dev.mpo.eval.judge.score.Judgement;
import dev.mpo.eval.judge.score.ScoreMode;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Puts questions to a model in every style and marks the answers. */
public final class Exam {

    private final List<ExamQuestion> questions;
    private final int maxNewTokens;
    private final AnswerJudge judge = new CarefulJudge();

    /**
     * Creates an examination.
     *
     * @param questions the questions
     * @param maxNewTokens the longest answer, in tokens; a longer one is cut and then usually unreadable
     */
    public Exam(List<ExamQuestion> questions, int maxNewTokens) {
        this.questions = List.copyOf(questions);
        this.maxNewTokens = maxNewTokens;
    }

    /** Is told how far an examination is. */
    @FunctionalInterface
    public interface Progress {

        /** Called after each answer. */
        void update(long done, long total);
    }

    /**
     * Examines a model; answers are the most likely ones (greedy).
     *
     * @param generator the model; borrowed
     */
    public ExamResult take(Generator generator, Progress progress) {
        Map<AnswerStyle, List<Mark>> marks = new EnumMap<>(AnswerStyle.class);
        long total = (long) questions.size() * AnswerStyle.values().length;
        for (AnswerStyle style : AnswerStyle.values()) {
            Sheet sheet =
                    new Sheet(style, done -> progress.update(marks.size() * (long) questions.size() + done, total));
            generator.run(questions.stream().map(sheet::request).iterator(), sheet);
            marks.put(style, sheet.marks());
        }
        return new ExamResult(marks);
    }

    /** The answers in one style as they come. */
    private final class Sheet implements GenerationListener {

        private final AnswerStyle style;
        private final LongConsumer progress;
        private final Mark[] marks = new Mark[questions.size()];
        private long done;

        Sheet(AnswerStyle style, LongConsumer progress) {
            this.style = style;
            this.progress = progress;
        }

        ChatRequest request(ExamQuestion question) {
            String prompt = style.prompt(question.question(), !question.images().isEmpty());
            return ChatRequest.of(prompt, question.images(), GenerationOptions.greedy(maxNewTokens));
        }

        @Override
        public void onFinished(Generation generation) {
            int index = Math.toIntExact(generation.request());
            marks[index] = mark(questions.get(index), generation.text());
            progress.accept(++done);
        }

        private Mark mark(ExamQuestion question, String response) {
            Optional<String> answer = style.answer(response);
            boolean right = answer.isPresent()
                    && judge.judge(answer.get(), question.answer(), ScoreMode.forDataset(question.dataset()))
                            == Judgement.RIGHT;
            return new Mark(question, response, answer.isPresent(), right);
        }

        List<Mark> marks() {
            return Arrays.asList(marks);
        }
    }
}
