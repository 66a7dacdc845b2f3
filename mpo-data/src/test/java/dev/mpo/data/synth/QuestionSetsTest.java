package dev.mpo.data.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuestionSetsTest {

    private static final QuestionSets.Options OPTIONS = new QuestionSets.Options(4, 60, 120, 50, 64);

    @TempDir
    static Path folder;

    private static QuestionSets sets = new QuestionSets(Path.of(""), List.of(), List.of(), List.of());

    @BeforeAll
    static void drawOnce() {
        sets = QuestionSets.write(folder, OPTIONS);
    }

    @Test
    void setsHaveTheirSizesAndEveryKind() {
        assertThat(sets.taught()).hasSize(60);
        assertThat(sets.asked()).hasSize(120);
        assertThat(sets.heldOut()).hasSize(50);
        for (List<ReasonedQuestion> set : List.of(sets.taught(), sets.asked(), sets.heldOut())) {
            assertThat(set.stream().map(ReasonedQuestion::dataset).distinct()).hasSize(QuestionKind.values().length);
        }
        assertThat(Arrays.stream(QuestionKind.values())
                        .mapToInt(QuestionKind::reasonedPercent)
                        .sum())
                .isEqualTo(100);
    }

    @Test
    void noPictureAndNoTextQuestionOfTheExaminationOccursElsewhere() throws IOException {
        Set<String> heldOut = contents(sets.heldOut());
        Set<String> others = new HashSet<>(contents(sets.taught()));
        others.addAll(contents(sets.asked()));
        assertThat(heldOut).hasSizeGreaterThan(40).doesNotContainAnyElementsOf(others);
        assertThat(contents(sets.taught())).doesNotContainAnyElementsOf(contents(sets.asked()));
    }

    /** What can be learned by heart: pictures by their bytes, and questions without pictures. */
    private static Set<String> contents(List<ReasonedQuestion> set) throws IOException {
        Set<String> contents = new HashSet<>();
        for (ReasonedQuestion question : set) {
            for (String image : question.images()) {
                contents.add(Arrays.toString(Files.readAllBytes(sets.imageRoot().resolve(image))));
            }
            if (question.images().isEmpty()) {
                contents.add(question.question());
            }
        }
        return contents;
    }

    @Test
    void reasoningEndsWithItsAnswer() {
        for (ReasonedQuestion question : sets.taught()) {
            for (Reply reply : List.of(question.right(), question.wrong())) {
                assertThat(reply.thought()).contains(reply.answer());
                assertThat(reply.sentence()).contains(reply.answer());
            }
            assertThat(question.right().answer()).isNotEqualTo(question.wrong().answer());
        }
    }

    @Test
    void sameSeedDrawsTheSameAndAnotherSeedOthers(@TempDir Path again, @TempDir Path other) throws IOException {
        QuestionSets same = QuestionSets.write(again, OPTIONS);
        assertThat(same.asked()).isEqualTo(sets.asked());
        List<String> images = new ArrayList<>(sets.asked().get(0).images());
        for (String image : images) {
            assertThat(same.imageRoot().resolve(image))
                    .hasSameBinaryContentAs(sets.imageRoot().resolve(image));
        }
        QuestionSets different = QuestionSets.write(other, new QuestionSets.Options(5, 60, 120, 50, 64));
        assertThat(different.asked()).isNotEqualTo(sets.asked());
    }

    @Test
    void tooFewQuestionsAreRefused() {
        assertThatThrownBy(() -> new QuestionSets.Options(0, 24, 100, 100, 64))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("24");
    }
}
