package dev.mpo.eval.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.core.generate.FinishReason;
import dev.mpo.core.generate.Generation;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.core.generate.Prompt;
import dev.mpo.data.text.Turn;
import dev.mpo.testkit.SharedFiles;
import dev.mpo.train.config.TrainSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Greedy answers against the reference implementation's, token by token. */
class GoldenGenerationTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> LATER =
            List.of("tiny-qwen2-v3", "tiny-qwen3", "tiny-qwen3-tied", "tiny-internlm3");

    @TestFactory
    Stream<DynamicTest> everyAnswerIsTheReferences() throws IOException {
        Path file = SharedFiles.require("goldens/golden/i_generation/generation.json");
        JsonNode cases = JSON.readTree(file.toFile());
        assertThat(cases).isNotEmpty();
        return StreamSupport.stream(cases.spliterator(), false)
                .map(c -> DynamicTest.dynamicTest(
                        c.get("checkpoint").textValue() + " " + c.get("case").textValue(), () -> check(c)));
    }

    @TestFactory
    Stream<DynamicTest> answersOfLaterFamiliesAreTheReferencesFromEitherLayout() throws IOException {
        JsonNode cases = JSON.readTree(SharedFiles.require("goldens3/golden/i_generation/generation.json")
                .toFile());
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode c : cases) {
            String checkpoint = c.get("checkpoint").textValue();
            // chat numbers several images in its own words, these prompts do not
            boolean several = c.get("sample").get(0).textValue().equals("tiny_multi");
            if (LATER.contains(checkpoint) && !several) {
                for (String layout : List.of("", "-hf")) {
                    tests.add(DynamicTest.dynamicTest(
                            checkpoint + layout + " " + c.get("sample"), () -> checkLater(c, checkpoint + layout)));
                }
            }
        }
        return tests.stream();
    }

    private static void checkLater(JsonNode c, String name) throws IOException {
        Path checkpoint = SharedFiles.require("goldens3/checkpoints/" + name);
        ChatOptions options = ChatOptions.defaults()
                .withMaxTiles(c.get("max_dynamic_patch").intValue())
                .on(0, TrainSettings.Precision.FP32);
        int[] expected = ints(c.get("new_token_ids_32"));
        Path dataset = SharedFiles.require("goldens3/dataset");
        String question = row(c.get("sample"), dataset).get("question").textValue();
        ChatRequest request = new ChatRequest(
                List.of(Turn.user(question)),
                images(c.get("sample"), dataset),
                "",
                GenerationOptions.greedy(expected.length));
        try (ChatGenerator generator = ChatGenerator.open(checkpoint, options.withoutEndOfTurn())) {
            assertThat(generator.prompt(request).ids()).isEqualTo(ints(c.get("prompt_ids")));
            assertThat(generator.generate(request).get(0).ids()).isEqualTo(expected);
        }
    }

    private static void check(JsonNode c) throws IOException {
        Path checkpoint =
                SharedFiles.require("goldens/checkpoints/" + c.get("checkpoint").textValue());
        ChatOptions options = ChatOptions.defaults()
                .withMaxTiles(c.get("max_dynamic_patch").intValue())
                .on(0, TrainSettings.Precision.FP32);
        int[] expected = ints(c.get("new_token_ids_32"));
        int[] untilStop = ints(c.get("ids_until_eos"));
        ChatRequest request = request(c, GenerationOptions.greedy(expected.length));
        try (ChatGenerator generator = ChatGenerator.open(checkpoint, options.withoutEndOfTurn())) {
            Prompt prompt = generator.prompt(request);
            assertThat(prompt.ids()).isEqualTo(ints(c.get("prompt_ids")));
            assertThat(prompt.numTiles()).isEqualTo(c.get("num_tiles").intValue());
            assertThat(generator.generate(request).get(0).ids()).isEqualTo(expected);
        }
        try (ChatGenerator generator = ChatGenerator.open(checkpoint, options)) {
            Generation answer = generator.generate(request).get(0);
            boolean stopped = untilStop.length < expected.length;
            assertThat(answer.finishReason()).isEqualTo(stopped ? FinishReason.STOP : FinishReason.LENGTH);
            assertThat(Arrays.copyOf(answer.ids(), untilStop.length)).isEqualTo(untilStop);
        }
    }

    private static ChatRequest request(JsonNode c, GenerationOptions options) throws IOException {
        List<Turn> turns = new ArrayList<>();
        for (JsonNode exchange : c.get("history")) {
            turns.add(Turn.user(exchange.get(0).textValue()));
            turns.add(Turn.assistant(exchange.get(1).textValue()));
        }
        turns.add(Turn.user(c.get("question").textValue()));
        return new ChatRequest(turns, images(c.get("sample"), SharedFiles.require("goldens/dataset")), "", options);
    }

    private static JsonNode entry(JsonNode sample, Path dataset) throws IOException {
        return JSON.readTree(dataset.resolve("meta.json").toFile())
                .get(sample.get(0).textValue());
    }

    private static JsonNode row(JsonNode sample, Path dataset) throws IOException {
        Path annotation =
                dataset.resolve(entry(sample, dataset).get("annotation").textValue());
        return JSON.readTree(Files.readAllLines(annotation).get(sample.get(1).intValue()));
    }

    private static List<Path> images(JsonNode sample, Path dataset) throws IOException {
        if (sample == null || sample.isNull()) {
            return List.of();
        }
        JsonNode image = row(sample, dataset).path("image");
        Path root = dataset.resolve(entry(sample, dataset).get("root").textValue());
        List<Path> files = new ArrayList<>();
        if (image.isMissingNode() || image.isNull()) {
            return files;
        }
        if (image.isArray()) {
            image.forEach(name -> files.add(root.resolve(name.textValue())));
        } else {
            files.add(root.resolve(image.textValue()));
        }
        return files;
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }
}
