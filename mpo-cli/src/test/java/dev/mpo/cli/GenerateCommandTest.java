package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import dev.mpo.data.synth.SyntheticDataset;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GenerateCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Path model = Path.of("");
    private Path image = Path.of("");

    @BeforeAll
    void makeModelAndImage(@TempDir Path folder) throws IOException {
        SyntheticDataset data =
                SyntheticDataset.write(folder.resolve("data"), new SyntheticDataset.Options(1, 100, 25, 56));
        model = folder.resolve("model");
        NanoCheckpoint.write(model, new NanoModelConfig(56, 14, 16, 32, 2, 2, 16, 32, 2, 2, 1), data.texts(), 1);
        try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
            image = files.filter(f -> f.toString().endsWith(".png"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Run generate(String... more) {
        List<String> arguments = new ArrayList<>(List.of("generate", "--model", model.toString()));
        arguments.addAll(List.of("--image", image.toString(), "--prompt", "What colour?", "--max-new-tokens", "12"));
        arguments.addAll(List.of(more));
        return Run.mpo(arguments.toArray(new String[0]));
    }

    @Test
    void severalAnswersAreTheSameForTheSameSeed() throws IOException {
        String[] sampling = {"--temperature", "1", "--num-return-sequences", "3", "--seed", "4", "--json"};
        Run run = generate(sampling);
        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode answers = JSON.readTree(run.out()).get("answers");
        assertThat(answers).hasSize(3);
        for (JsonNode answer : answers) {
            assertThat(answer.get("ids")).hasSameSizeAs(answer.get("logps"));
            assertThat(answer.get("finishReason").textValue()).isIn("stop", "length");
            assertThat(answer.get("sumLogps").doubleValue()).isNegative();
        }
        assertThat(answers.get(0)).isNotEqualTo(answers.get(1));
        assertThat(JSON.readTree(generate(sampling).out()).get("answers")).isEqualTo(answers);
    }

    @Test
    void aStreamedAnswerIsTheTextOfTheResult() throws IOException {
        String streamed = generate("--ignore-end-of-turn").out();
        JsonNode answer = JSON.readTree(
                        generate("--ignore-end-of-turn", "--json").out())
                .get("answers")
                .get(0);
        assertThat(answer.get("ids")).hasSize(12);
        assertThat(streamed).isEqualTo(answer.get("text").textValue() + System.lineSeparator());
    }

    @Test
    void mistakesAreNamed() {
        assertThat(generate("--num-return-sequences", "2").exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(generate("--num-return-sequences", "2").err()).contains("--temperature");
        assertThat(generate("--temperature", "-1").err()).contains("temperature: expected");
        assertThat(generate("--image", "absent.png").exitCode()).isEqualTo(ExitCodes.DATA);
        Run marker = Run.mpo("generate", "--model", model.toString(), "--prompt", "<IMG_CONTEXT>");
        assertThat(marker.exitCode()).isEqualTo(ExitCodes.DATA);
        assertThat(marker.err()).contains("image tokens");
    }

    @Test
    void aChatGoesOnAfterAMistakeAndForgetsOnRequest() {
        InputStream before = System.in;
        String input = "Hello\n/image absent.png\n/image " + image + "\nAnd this?\n/reset\n/what\n\nHello\n/quit\n";
        try {
            System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
            Run run = Run.mpo("chat", "--model", model.toString(), "--max-new-tokens", "8");
            assertThat(run.exitCode()).as(run.err()).isZero();
            String[] parts = run.out().split("> ", -1);
            assertThat(run.out()).contains("absent.png", "56x56", "got /what");
            assertThat(parts[1]).isEqualTo(parts[parts.length - 2]);
        } finally {
            System.setIn(before);
        }
    }
}
