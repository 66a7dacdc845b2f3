package dev.mpo.eval.exam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.generate.FinishReason;
import dev.mpo.core.generate.Generation;
import dev.mpo.core.generate.GenerationListener;
import dev.mpo.eval.generate.ChatRequest;
import dev.mpo.eval.generate.Generator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ExamTest {

    private static final List<ExamQuestion> QUESTIONS = List.of(
            new ExamQuestion("shapes_colour", List.of(Path.of("a.png")), "What colour is the circle?", "red"),
            new ExamQuestion("shapes_count", List.of(Path.of("b.png")), "How many shapes are there?", "two"),
            new ExamQuestion("shapes_text", List.of(), "I see two red circles. What colour are they?", "red"));

    /** Answers prompts by a function, the last first. */
    private static final class Pupil implements Generator {
        private final Function<String, String> answers;
        private final List<ChatRequest> asked = new ArrayList<>();

        Pupil(Function<String, String> answers) {
            this.answers = answers;
        }

        @Override
        public void run(Iterator<ChatRequest> requests, GenerationListener listener) {
            List<Generation> all = new ArrayList<>();
            while (requests.hasNext()) {
                ChatRequest request = requests.next();
                asked.add(request);
                String text = answers.apply(request.turns().get(0).text());
                all.add(new Generation(all.size(), 0, new int[0], new double[0], text, FinishReason.STOP, 0));
            }
            Collections.reverse(all);
            all.forEach(listener::onFinished);
        }

        @Override
        public void close() {}
    }

    @Test
    void answersAreMarkedByTheRulesOfTheirStyle() {
        Pupil pupil = new Pupil(prompt -> {
            if (!prompt.contains("Final answer:")) {
                return prompt.contains("How many") ? "2" : " Red\n";
            }
            return prompt.contains("circle?")
                    ? "I see one circle.\n\nFinal answer: red"
                    : prompt.contains("How many") ? "I count.\n\nFinal answer: three" : "red";
        });
        List<Long> progress = new ArrayList<>();
        ExamResult result = new Exam(QUESTIONS, 9).take(pupil, (done, total) -> {
            progress.add(done);
            assertThat(total).isEqualTo(6);
        });

        assertThat(progress).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(result.of(AnswerStyle.CHAIN_OF_THOUGHT))
                .extracting(Mark::right)
                .containsExactly(true, false, false);
        assertThat(result.of(AnswerStyle.CHAIN_OF_THOUGHT))
                .extracting(Mark::readable)
                .containsExactly(true, true, false);
        assertThat(result.of(AnswerStyle.DIRECT)).extracting(Mark::right).containsExactly(true, true, true);
        assertThat(result.accuracy(AnswerStyle.CHAIN_OF_THOUGHT)).isEqualTo(1.0 / 3);
        assertThat(result.accuracy(AnswerStyle.DIRECT)).isEqualTo(1);
        assertThat(result.accuracy(AnswerStyle.CHAIN_OF_THOUGHT, "shapes_colour"))
                .isEqualTo(1);
        assertThat(result.accuracy(AnswerStyle.CHAIN_OF_THOUGHT, "shapes_text")).isZero();
        assertThat(result.readable(AnswerStyle.CHAIN_OF_THOUGHT)).isEqualTo(2.0 / 3);
        assertThat(result.datasets()).containsExactly("shapes_colour", "shapes_count", "shapes_text");
        assertThat(result.accuracy(AnswerStyle.DIRECT, "absent")).isNaN();
    }

    @Test
    void questionsArePutGreedilyWithTheirImages() {
        Pupil pupil = new Pupil(prompt -> "?");
        new Exam(QUESTIONS, 9).take(pupil, (done, total) -> {});

        assertThat(pupil.asked).hasSize(6).allSatisfy(request -> {
            assertThat(request.options().temperature()).isZero();
            assertThat(request.options().maxNewTokens()).isEqualTo(9);
        });
        ChatRequest reasoned = pupil.asked.get(0);
        assertThat(reasoned.images()).containsExactly(Path.of("a.png"));
        assertThat(reasoned.turns().get(0).text())
                .startsWith("<image>\nYour task is")
                .contains("step by step")
                .endsWith("What colour is the circle?");
        assertThat(pupil.asked.get(2).turns().get(0).text()).doesNotContain("<image>");
        assertThat(pupil.asked.get(3).turns().get(0).text())
                .isEqualTo("What colour is the circle?\nAnswer the question using a single word or phrase.");
    }
}
