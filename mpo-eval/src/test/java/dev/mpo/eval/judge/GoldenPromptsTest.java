package dev.mpo.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.eval.pipeline.sample.DropoutPrefix;
import dev.mpo.eval.pipeline.sample.EvenSubset;
import dev.mpo.eval.prompt.PromptVersion;
import dev.mpo.eval.prompt.Prompts;
import org.junit.jupiter.api.Test;

/** Prompts, prefixes and row choices against the recordings. */
final class GoldenPromptsTest {

    @Test
    void promptsAreThoseOfTheReference() {
        for (JsonNode prompt : PipelineGoldens.json("prompts.json").get("prompts")) {
            PromptVersion version =
                    PromptVersion.of(prompt.get("prompt_version").textValue());
            String question = prompt.get("question").textValue();
            assertThat(Prompts.withImages(version, question))
                    .as(version + " " + question)
                    .isEqualTo(prompt.get("with_image").textValue());
            assertThat(Prompts.textOnly(version, question))
                    .as(version + " " + question)
                    .isEqualTo(prompt.get("text_only").textValue());
        }
    }

    @Test
    void chineseFilesSwitchTheLanguage() {
        for (JsonNode file : PipelineGoldens.json("prompts.json").get("zh_switch")) {
            assertThat(PromptVersion.of(file.get("prompt_version").textValue())
                            .forFile(file.get("prompt_path").textValue())
                            .key())
                    .isEqualTo(file.get("effective").textValue());
        }
    }

    @Test
    void prefixesAreThoseOfTheReference() {
        for (JsonNode prefix : PipelineGoldens.json("dropout_ntp.json").get("prefixes")) {
            String text = prefix.get("text").textValue();
            double ratio = prefix.get("start_ratio").doubleValue();
            String expected = prefix.get("prefix").textValue();
            assertThat(DropoutPrefix.of(text, ratio, DropoutPrefix.Words.SPACES))
                    .as("%s at %s", text, ratio)
                    .isEqualTo(expected);
            if (text.codePoints().allMatch(c -> c < 0x2E80)) {
                assertThat(DropoutPrefix.of(text, ratio, DropoutPrefix.Words.SCRIPT_AWARE))
                        .as("%s at %s", text, ratio)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void rowsAreChosenAsByTheReference() {
        for (JsonNode choice : PipelineGoldens.json("dropout_ntp.json").get("subsample")) {
            assertThat(EvenSubset.rows(
                                    choice.get("n").intValue(),
                                    choice.get("sample_max_num").intValue(),
                                    choice.get("sample_start_idx").intValue())
                            .boxed())
                    .containsExactlyElementsOf(PipelineGoldens.each(choice.get("kept"))
                            .map(JsonNode::intValue)
                            .toList());
        }
    }
}
