package dev.mpo.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The recorded runs of the reference trainer, as settings and meta files of this one. */
public final class GoldenRuns {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Runs of InternVL3 and InternVL3.5 models. */
    private static final List<String> LATER_RUNS = List.of(
            "tiny-qwen2-v3_bs1",
            "tiny-qwen2-v3_bs2",
            "tiny-qwen3_bs1",
            "tiny-qwen3_bs2",
            "tiny-qwen3-tied_bs1",
            "tiny-internlm3_bs1",
            "tiny-internlm3_bs2");

    private GoldenRuns() {}

    /** Returns the recordings of training runs that this implementation follows. */
    public static List<Path> files() throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(SharedFiles.require("goldens/golden/f_training"))) {
            // a token with id 0 is masked out by the reference and kept here
            files.filter(file -> !name(file).contains("zeroid") && !name(file).equals("lr_schedules"))
                    .sorted()
                    .forEach(all::add);
        }
        for (String run : LATER_RUNS) {
            SharedFiles.find("goldens3/golden/f_training/" + run + ".json").ifPresent(all::add);
        }
        return all;
    }

    /** Returns the folder of goldens that a recording belongs to; only the later ones tell how labels are laid. */
    private static String folder(JsonNode golden) {
        return golden.has("label_style") ? "goldens3/" : "goldens/";
    }

    /** Returns the name of a recording. */
    public static String name(Path file) {
        return file.getFileName().toString().replace(".json", "");
    }

    /** Reads a JSON file. */
    public static JsonNode read(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Parses one line of JSON. */
    public static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the checkpoint folder of a recording. */
    public static Path checkpoint(JsonNode golden) {
        return SharedFiles.require(
                folder(golden) + "checkpoints/" + golden.get("checkpoint").textValue());
    }

    /** Turns a run's description into settings and a meta file that lists its samples in order. */
    public static List<String> settings(JsonNode golden, Path work) {
        List<JsonNode> samples = new ArrayList<>();
        for (JsonNode step : golden.get("trajectory")) {
            step.get("samples").forEach(micro -> micro.forEach(samples::add));
        }
        List<String> settings = new ArrayList<>();
        settings.add("model.path=" + checkpoint(golden));
        settings.addAll(data(golden, samples, work));
        settings.add("model.drop_path_rate=0");
        settings.add("model.image_size=" + golden.get("image_size"));
        settings.add("train.max_steps=" + golden.get("steps"));
        settings.add("train.per_device_batch_size=" + golden.get("per_device_batch_size"));
        settings.add("train.gradient_accumulation_steps=" + golden.get("gradient_accumulation_steps"));
        settings.add("train.learning_rate=" + golden.get("learning_rate"));
        settings.add("train.lr_scheduler=" + golden.get("lr_scheduler").textValue());
        settings.add("train.warmup_ratio=" + golden.get("warmup_ratio"));
        settings.add("train.weight_decay=" + golden.get("weight_decay"));
        settings.add("train.weight_decay_grouping=" + grouping(golden));
        settings.add("train.adam_beta1=" + golden.get("betas").get(0));
        settings.add("train.adam_beta2=" + golden.get("betas").get(1));
        settings.add("train.adam_epsilon=" + golden.get("eps"));
        settings.add("train.max_grad_norm=" + golden.get("max_grad_norm"));
        settings.add("train.num_threads=1");
        settings.add("train.precision=fp32");
        settings.add("loss.beta=" + golden.get("beta"));
        addLoss(settings, golden);
        addParts(settings, golden);
        return settings;
    }

    /** Returns settings that feed some samples, given as [data set, line], in order. */
    public static List<String> data(JsonNode golden, List<JsonNode> samples, Path work) {
        return List.of(
                "data.meta=" + meta(samples, work, SharedFiles.require(folder(golden) + "dataset")),
                "data.shuffle=false",
                "data.max_dynamic_patch=" + golden.get("max_dynamic_patch"),
                "data.max_seq_length=" + golden.get("max_seq_length"),
                "data.num_workers=1");
    }

    private static String grouping(JsonNode golden) {
        return switch (golden.get("weight_decay_grouping").textValue()) {
            case "hf437" -> "transformers4";
            case "all" -> "all";
            default -> "transformers5";
        };
    }

    private static void addLoss(List<String> settings, JsonNode golden) {
        String[] types = golden.get("loss_type").textValue().split(",", -1);
        List<String> names = new ArrayList<>();
        List<String> weights = new ArrayList<>();
        for (String type : types) {
            names.add('"' + type + '"');
            JsonNode weight = golden.get(type + "_loss_weight");
            weights.add(types.length == 1 || weight == null ? "1.0" : weight.toString());
        }
        names.add("\"sft\"");
        weights.add(golden.get("rpo_alpha").toString());
        settings.add("loss.type=" + names);
        settings.add("loss.weights=" + weights);
    }

    private static void addParts(List<String> settings, JsonNode golden) {
        List<String> frozen = new ArrayList<>();
        for (JsonNode part : golden.get("freeze")) {
            frozen.add(part.textValue().equals("backbone") ? "\"vision\"" : "\"language\"");
        }
        settings.add("model.freeze=" + frozen);
        JsonNode lora = golden.get("lora");
        if (!lora.isNull()) {
            int rank = 0;
            List<String> parts = new ArrayList<>();
            for (var entry : lora.properties()) {
                if (entry.getValue().intValue() > 0) {
                    parts.add(entry.getKey());
                    rank = entry.getValue().intValue();
                }
            }
            String wrap = parts.size() == 2 ? "both" : parts.get(0);
            settings.addAll(
                    adapters(wrap, rank, 2 * rank, golden.get("checkpoint").textValue() + "_" + wrap + ".safetensors"));
        }
    }

    /** Returns settings for adapters from a file; {@code wrap} is llm, backbone or both. */
    public static List<String> adapters(String wrap, int rank, double alpha, String file) {
        List<String> targets = new ArrayList<>();
        if (!wrap.equals("backbone")) {
            targets.add("\"language\"");
        }
        if (!wrap.equals("llm")) {
            targets.add("\"vision\"");
        }
        return List.of(
                "model.lora.rank=" + rank,
                "model.lora.alpha=" + alpha,
                "model.lora.targets=" + targets,
                "model.lora.init="
                        + SharedFiles.require("goldens/golden/h_lora").resolve(file));
    }

    /** Writes a meta file that lists samples in order, each as a data set of one row. */
    public static Path meta(List<JsonNode> samples, Path work, Path dataset) {
        JsonNode original = read(dataset.resolve("meta.json"));
        ObjectNode meta = JSON.createObjectNode();
        try {
            for (int i = 0; i < samples.size(); i++) {
                JsonNode source = original.get(samples.get(i).get(0).textValue());
                Path annotation = work.resolve("row" + i + ".jsonl");
                String row = Files.readAllLines(
                                dataset.resolve(source.get("annotation").textValue()))
                        .get(samples.get(i).get(1).intValue());
                Files.writeString(annotation, row + "\n");
                meta.putObject("row" + i)
                        .put(
                                "root",
                                dataset.resolve(source.get("root").textValue()).toString())
                        .put("annotation", annotation.toString())
                        .put("repeat_time", 1)
                        .put("data_augment", false)
                        .put("length", 1);
            }
            Path file = work.resolve("meta.json");
            JSON.writeValue(file.toFile(), meta);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
