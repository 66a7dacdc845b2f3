package dev.mpo.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.data.image.PngWriter;
import dev.mpo.data.image.RgbImage;
import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import dev.mpo.train.config.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A complete small world to train in, made on the spot: a checkpoint of about 30 thousand parameters with its
 * tokenizer, three data sets (text only, one image, several images) and the settings of a short run.
 *
 * <p>Below the folder: {@code model/}, {@code data/meta.json}, {@code data/{text,single,multi}.jsonl},
 * {@code data/images/*.png}.
 *
 * @param folder holds everything
 */
public record NanoRun(Path folder) {

    /** Image size 28, patches of 7: 16 patches and 4 image tokens per tile. */
    static final NanoModelConfig SIZE = new NanoModelConfig(28, 7, 16, 32, 2, 2, 24, 48, 2, 4, 2);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> WORDS = List.of(
            "red",
            "green",
            "blue",
            "circle",
            "square",
            "left",
            "right",
            "above",
            "below",
            "the",
            "a",
            "is",
            "what",
            "colour",
            "shape",
            "many",
            "two",
            "three",
            "picture",
            "because",
            "therefore",
            "answer");

    /** Writes the world with a Qwen2 decoder. */
    public static NanoRun create(Path folder) {
        NanoRun run = new NanoRun(folder);
        NanoCheckpoint.write(run.model(), SIZE, texts(), 7);
        run.writeData(4);
        return run;
    }

    /** Writes the world with an InternLM2 decoder (packed attention weights, dynamic rope scaling). */
    static NanoRun internLm2(Path folder) {
        NanoRun run = create(folder);
        NanoFiles.toInternLm2(run.model());
        return run;
    }

    /** Aborts the calling test where training would run on a GPU. */
    public static void requireSameBits() {
        Assumptions.assumeTrue(
                TorchRuntime.numGpus() == 0, "a GPU adds in no fixed order: a run is not the same bits twice");
    }

    Path model() {
        return folder.resolve("model");
    }

    Path data() {
        return folder.resolve("data");
    }

    Path meta() {
        return data().resolve("meta.json");
    }

    /** Returns the settings of a short run of one pair per step; further settings win over them. */
    RunConfig config(String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "model.path=" + model(),
                "data.meta=" + meta(),
                "data.shuffle=false",
                "train.precision=fp32",
                "data.max_dynamic_patch=3",
                "data.num_workers=1",
                "model.drop_path_rate=0",
                "train.learning_rate=0.001",
                "train.warmup_ratio=0",
                "train.max_steps=4",
                "train.num_threads=1"));
        settings.addAll(List.of(more));
        return RunConfig.load(List.of(), settings);
    }

    /** Trains into the folder {@code name} and returns its metrics, one object per step. */
    List<JsonNode> train(String name, String... more) {
        Path output = folder.resolve(name);
        Trainer.train(config(more), output);
        return metrics(output);
    }

    /** Reads the metrics of a run. */
    static List<JsonNode> metrics(Path output) {
        try {
            List<JsonNode> steps = new ArrayList<>();
            for (String line : Files.readAllLines(output.resolve("metrics.jsonl"))) {
                steps.add(JSON.readTree(line));
            }
            return steps;
        } catch (IOException e) {
            return Assertions.fail(e);
        }
    }

    /** Replaces the data by one data set "only" of these lines. */
    void onlyRows(String... lines) {
        try {
            Files.writeString(data().resolve("only.jsonl"), String.join("\n", lines) + "\n");
            ObjectNode meta = JSON.createObjectNode();
            entry(meta, "only", lines.length);
            JSON.writeValue(meta().toFile(), meta);
        } catch (IOException e) {
            Assertions.fail(e);
        }
    }

    /** Returns the words that questions and answers are made of, as the tokenizer should see them. */
    private static List<String> texts() {
        List<String> texts = new ArrayList<>(WORDS);
        texts.add(String.join(" ", WORDS));
        return texts;
    }

    private void writeData(int rowsPerDataset) {
        Random random = new Random(11);
        ObjectNode meta = JSON.createObjectNode();
        try {
            Files.createDirectories(data().resolve("images"));
            for (String name : List.of("text", "single", "multi")) {
                StringBuilder lines = new StringBuilder();
                for (int i = 0; i < rowsPerDataset; i++) {
                    lines.append(row(name, i, random)).append('\n');
                }
                Files.writeString(data().resolve(name + ".jsonl"), lines);
                entry(meta, name, rowsPerDataset);
            }
            JSON.writeValue(meta().toFile(), meta);
        } catch (IOException e) {
            Assertions.fail(e);
        }
    }

    private static void entry(ObjectNode meta, String name, int rows) {
        meta.putObject(name)
                .put("root", "images")
                .put("annotation", name + ".jsonl")
                .put("repeat_time", 1)
                .put("length", rows)
                .put("data_augment", false);
    }

    private ObjectNode row(String dataset, int index, Random random) throws IOException {
        ObjectNode row = JSON.createObjectNode();
        int images = dataset.equals("text") ? 0 : dataset.equals("single") ? 1 : 2 + index % 2;
        StringBuilder question = new StringBuilder();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < images; i++) {
            String name = dataset + index + "_" + i + ".png";
            PngWriter.write(picture(20 + random.nextInt(70), 20 + random.nextInt(40), random), image(name));
            names.add(name);
            question.append(images > 1 ? "<image>\n" : "");
        }
        if (images == 1) {
            row.put("image", names.get(0));
        } else if (images > 1) {
            row.putPOJO("image", names);
        }
        row.put("question", question + sentence(2 + random.nextInt(8), random));
        String beginning = index % 2 == 0 ? sentence(3, random) + " " : "";
        row.put("chosen", beginning + sentence(1 + random.nextInt(12), random));
        row.put("rejected", beginning + sentence(1 + random.nextInt(12), random));
        return row;
    }

    /** Returns the path of an image of the data. */
    Path image(String name) {
        return data().resolve("images").resolve(name);
    }

    static String sentence(int words, Random random) {
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < words; i++) {
            chosen.add(WORDS.get(random.nextInt(WORDS.size())));
        }
        return String.join(" ", chosen);
    }

    static RgbImage picture(int width, int height, Random random) {
        byte[] pixels = new byte[width * height * 3];
        random.nextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }
}
