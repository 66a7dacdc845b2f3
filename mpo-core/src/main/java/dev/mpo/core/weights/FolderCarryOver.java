package dev.mpo.core.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Carries everything but the weights from a checkpoint folder to an export: tokenizer files, python sources,
 * configurations, the model card. Files are copied byte for byte; {@code config.json} is rewritten only if the image
 * size or the vocabulary changed, and then only those keys.
 */
public final class FolderCarryOver {

    private static final String CONFIG = "config.json";
    private static final Pattern WEIGHTS = Pattern.compile(
            ".*\\.safetensors(\\.index\\.json)?|pytorch_model.*\\.bin(\\.index\\.json)?|.*\\.pth|.*\\.tmp");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private FolderCarryOver() {}

    /**
     * Copies the files, sub-folders included; weights in any format and hidden folders are left out.
     *
     * @param source the folder of the checkpoint that was loaded
     * @param config the model's configuration now
     * @param target the export folder; created if absent
     * @throws CheckpointException if a file cannot be copied
     */
    public static void copy(Path source, ModelConfig config, Path target) {
        try (Stream<Path> files = Files.walk(source)) {
            Path absoluteTarget = target.toAbsolutePath().normalize();
            List<Path> chosen = files.filter(Files::isRegularFile)
                    .filter(file -> !file.toAbsolutePath().normalize().startsWith(absoluteTarget))
                    .filter(file -> isCarried(source.relativize(file)))
                    .toList();
            Files.createDirectories(target);
            for (Path file : chosen) {
                copyFile(file, target.resolve(source.relativize(file).toString()));
            }
            rewriteConfig(source, config, target);
        } catch (IOException | UncheckedIOException e) {
            throw new CheckpointException(
                    "cannot carry the files of " + source + " over to " + target + ": " + e.getMessage(), e);
        }
    }

    private static void copyFile(Path file, Path to) throws IOException {
        Path parent = to.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean isCarried(Path relative) {
        Path folder = relative.getParent();
        for (Path part : folder == null ? List.<Path>of() : folder) {
            if (part.toString().startsWith(".")) {
                return false;
            }
        }
        return !WEIGHTS.matcher(String.valueOf(relative.getFileName())).matches();
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
        JsonNode root = MAPPER.readTree(source.resolve(CONFIG).toFile());
        if (!sameImages) {
            setImageSize((ObjectNode) root, config);
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
