package dev.mpo.core.weights;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.json.JsonFile;
import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.core.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries everything but the weights from a checkpoint folder to an export: tokenizer files, python sources,
 * configurations, the model card. Files are copied byte for byte; {@code config.json} is rewritten only if the image
 * size or the vocabulary changed, and then only those keys.
 */
public final class FolderCarryOver {

    private static final String CONFIG = "config.json";
    private static final Logger LOG = LoggerFactory.getLogger(FolderCarryOver.class);

    /** Weights in any format, their indexes, and what trainers keep beside them. */
    private static final Pattern FOREIGN_FILES = Pattern.compile(
            ".*\\.(safetensors|bin|pt|pth|ckpt|gguf|ggml|onnx|onnx_data|msgpack|h5|npy|npz|pkl|pickle|tflite|mlmodel"
                    + "|engine|nemo|distcp|tmp|part|incomplete|lock)"
                    + "|.*\\.(safetensors|bin)\\.index\\.json|adapter_config\\.json|trainer_state\\.json"
                    + "|zero_to_fp32\\.py|latest|events\\.out\\.tfevents\\..*",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern FOREIGN_FOLDERS = Pattern.compile(
            "\\..*|global_step\\d+|checkpoint-\\d+|step-\\d+|runs|wandb|__pycache__|onnx|openvino|.*\\.mlpackage");

    /** No published file but weights is as large. */
    private static final long MAX_CARRIED_BYTES = 100L << 20;

    private static final int MOST_TOLD = 8;

    private FolderCarryOver() {}

    /**
     * Copies the files, sub-folders included. Weights in any format, what trainers and caches keep beside them, and
     * files above 100 MB are left out; what is left out, but for the model's own weights, is told in the log.
     *
     * @param source the folder of the checkpoint that was loaded
     * @param config the model's configuration now
     * @param target the export folder; created if absent
     * @throws CheckpointException if a file cannot be copied
     */
    public static void copy(Path source, ModelConfig config, Path target) {
        try {
            Files.createDirectories(target);
            for (Path file : carried(source, target)) {
                copyFile(source.resolve(file), target.resolve(file.toString()));
            }
            rewriteConfig(source, config, target);
        } catch (IOException e) {
            throw failed(source, target, e);
        } catch (UncheckedIOException e) {
            throw failed(source, target, new IOException(e.getMessage(), e));
        }
    }

    private static CheckpointException failed(Path source, Path target, IOException cause) {
        return new CheckpointException(
                "cannot carry the files of " + source + " over to " + target + ": " + JsonFile.reason(cause) + ".",
                cause);
    }

    private static boolean isOwnWeights(Path file) {
        String name = file.toString();
        return name.equals(SafetensorsFolder.SINGLE_FILE)
                || name.equals(SafetensorsFolder.INDEX_FILE)
                || SafetensorsFolder.isShard(name);
    }

    private static void tell(Path source, Map<String, Long> leftOut) {
        if (leftOut.isEmpty()) {
            return;
        }
        String first = leftOut.entrySet().stream()
                .limit(MOST_TOLD)
                .map(entry -> entry.getKey() + " (" + entry.getValue() + " bytes)")
                .collect(Collectors.joining(", "));
        LOG.warn(
                "{}: the export leaves out what belongs to no model folder: {}{}",
                source,
                first,
                leftOut.size() > MOST_TOLD ? " and " + (leftOut.size() - MOST_TOLD) + " more" : "");
    }

    /**
     * Returns the files of a model folder that come along, relative to it and in order; what does not, but for the
     * model's own weights, is told in the log.
     *
     * @param target a folder that is left out, should it lie within the source
     */
    public static List<Path> carried(Path source, Path target) throws IOException {
        Path absoluteTarget = target.toAbsolutePath().normalize();
        List<Path> all;
        try (Stream<Path> files = Files.walk(source)) {
            all = files.filter(Files::isRegularFile)
                    .filter(file -> !file.toAbsolutePath().normalize().startsWith(absoluteTarget))
                    .map(source::relativize)
                    .sorted()
                    .toList();
        }
        List<Path> carried = new ArrayList<>();
        Map<String, Long> leftOut = new TreeMap<>();
        for (Path file : all) {
            if (isCarried(source, file)) {
                carried.add(file);
            } else if (!isOwnWeights(file) && !file.startsWith(".git") && !file.startsWith(".cache")) {
                leftOut.merge(file.getName(0).toString(), Files.size(source.resolve(file)), Long::sum);
            }
        }
        tell(source, leftOut);
        return carried;
    }

    /** Copies one file; folders on the way are created, an older file is replaced. */
    public static void copyFile(Path file, Path to) throws IOException {
        Path parent = to.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean isCarried(Path source, Path relative) throws IOException {
        Path folder = relative.getParent();
        for (Path part : folder == null ? List.<Path>of() : folder) {
            if (FOREIGN_FOLDERS.matcher(part.toString()).matches()) {
                return false;
            }
        }
        return !FOREIGN_FILES.matcher(String.valueOf(relative.getFileName())).matches()
                && Files.size(source.resolve(relative)) <= MAX_CARRIED_BYTES;
    }

    private static void rewriteConfig(Path source, ModelConfig config, Path target) throws IOException {
        ModelConfig before = ModelConfig.load(source);
        boolean sameImages = before.imageSize() == config.imageSize()
                && before.vision().imageSize() == config.vision().imageSize();
        boolean sameVocabulary =
                before.language().vocabSize() == config.language().vocabSize();
        if (sameImages && sameVocabulary) {
            return;
        }
        ObjectNode root = JsonFile.object(source.resolve(CONFIG), "Take it from the published checkpoint again.");
        if (!sameImages) {
            setImageSize(root, config);
        }
        if (!sameVocabulary) {
            String key = root.has("llm_config") ? "llm_config" : "text_config";
            ((ObjectNode) root.path(key)).put("vocab_size", config.language().vocabSize());
        }
        SafetensorsWriter.writeText(target.resolve(CONFIG), root.toPrettyString() + "\n");
    }

    private static void setImageSize(ObjectNode root, ModelConfig config) {
        int size = config.vision().imageSize();
        ObjectNode vision = (ObjectNode) root.path("vision_config");
        if (vision.path("image_size").isArray()) {
            vision.putArray("image_size").add(size).add(size);
            root.put("image_seq_length", config.imageTokensPerTile());
        } else {
            vision.put("image_size", size);
        }
        if (root.has("force_image_size")) {
            root.put("force_image_size", config.imageSize());
        }
    }
}
