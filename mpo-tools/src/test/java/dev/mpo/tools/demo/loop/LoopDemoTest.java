package dev.mpo.tools.demo.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.core.InterruptedRunException;
import dev.mpo.data.synth.QuestionSets;
import dev.mpo.eval.exam.AnswerStyle;
import dev.mpo.eval.exam.ExamQuestion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a loop does apart from its result, which takes longer and is looked at through the command line. */
class LoopDemoTest {

    private static final LoopOptions TINY = new LoopOptions(3, 25, 25, 25, 2, 1, 1);
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void aModelThatNeverAnswersRightIsToldToLearnMore(@TempDir Path folder) {
        List<LoopPhase> phases = new ArrayList<>();
        LoopListener witness = new LoopListener() {
            @Override
            public void onPhase(LoopPhase phase) {
                phases.add(phase);
            }
        };

        assertThatThrownBy(() -> LoopDemo.run(folder.resolve("loop"), TINY, witness))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("pairs")
                .hasMessageContaining("train longer");
        assertThat(phases)
                .containsExactly(
                        LoopPhase.DATA,
                        LoopPhase.MODEL,
                        LoopPhase.SFT,
                        LoopPhase.EXAM_BEFORE,
                        LoopPhase.SAMPLE,
                        LoopPhase.PAIRS);
        assertThat(folder.resolve("loop/exams/sft.jsonl")).content().hasLineCount(50);
    }

    @Test
    void aLoopStopsWhenAsked(@TempDir Path folder) {
        LoopListener impatient = new LoopListener() {
            private boolean sampling;

            @Override
            public void onPhase(LoopPhase phase) {
                sampling = phase == LoopPhase.SAMPLE;
            }

            @Override
            public boolean stopRequested() {
                return sampling;
            }
        };

        assertThatThrownBy(() -> LoopDemo.run(folder.resolve("loop"), TINY, impatient))
                .isInstanceOf(InterruptedRunException.class);
    }

    @Test
    void aFolderWithFilesIsRefused(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("mine.txt"), "dear");

        assertThatThrownBy(() -> LoopDemo.run(folder, TINY, new LoopListener() {}))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("new or empty");
    }

    @Test
    void filesAreWhatTrainingAndPipelinesRead(@TempDir Path folder) throws IOException {
        LoopData data = LoopData.write(folder, new QuestionSets.Options(5, 40, 60, 30, 56));

        assertThat(data.sftMetas()).hasSize(2);
        for (Path meta : data.sftMetas()) {
            JsonNode entry = JSON.readTree(meta.toFile()).iterator().next();
            List<String> rows = Files.readAllLines(
                    meta.resolveSibling(entry.get("annotation").asText()));
            assertThat(rows).hasSize(40).hasSize(entry.get("length").asInt());
            for (String line : rows) {
                JsonNode row = JSON.readTree(line);
                assertThat(row.get("chosen")).isNotEqualTo(row.get("rejected"));
                JsonNode image = row.path("image");
                for (JsonNode name :
                        image.isArray() ? image : JSON.createArrayNode().add(image)) {
                    assertThat(name.isMissingNode()
                                    || Files.exists(folder.resolve("images").resolve(name.asText())))
                            .isTrue();
                }
            }
        }
        assertThat(data.mpoMetas(folder.resolve("pairs.json")))
                .hasSize(2)
                .contains(folder.resolve("pairs.json"), data.sftMetas().get(1));
        long questions = 0;
        for (Path prompts : data.promptFiles()) {
            List<String> lines = Files.readAllLines(prompts);
            questions += lines.size();
            assertThat(JSON.readTree(lines.get(0)).fieldNames()).toIterable().contains("question", "answer");
        }
        assertThat(questions).isEqualTo(60);
    }

    @Test
    void everyShownAnswerIsRightByTheRulesOfTheExamination(@TempDir Path folder) {
        LoopData data = LoopData.write(folder, new QuestionSets.Options(5, 60, 25, 25, 56));
        for (var question : data.sets().taught()) {
            for (AnswerStyle style : AnswerStyle.values()) {
                assertThat(style.answer(LoopData.response(question.right(), style)))
                        .contains(question.right().answer());
                assertThat(style.answer(LoopData.response(question.wrong(), style)))
                        .contains(question.wrong().answer());
            }
        }
        assertThat(data.examination())
                .hasSize(25)
                .extracting(ExamQuestion::answer)
                .doesNotContain("");
        assertThat(data.texts()).doesNotHaveDuplicates();
    }
}
