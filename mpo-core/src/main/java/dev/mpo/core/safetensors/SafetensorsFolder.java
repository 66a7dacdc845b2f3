package dev.mpo.core.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.core.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The safetensors files of a folder: {@code model.safetensors}, or shards with an index.
 *
 * @param folder the folder
 * @param sharded whether the weights come in shards with an index
 * @param tensors all tensors by name: file after file in the order of their names, each in the order of its bytes
 */
public record SafetensorsFolder(Path folder, boolean sharded, Map<String, StoredTensor> tensors) {

    /** Name of an unsharded weight file. */
    public static final String SINGLE_FILE = "model.safetensors";

    /** Name of the index of sharded weights. */
    public static final String INDEX_FILE = "model.safetensors.index.json";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Whether a folder holds weights in this format at all. */
    public static boolean isPresentIn(Path folder) {
        return Files.exists(folder.resolve(SINGLE_FILE)) || Files.exists(folder.resolve(INDEX_FILE));
    }

    /**
     * Reads the headers of all weight files of a folder. An unsharded file wins over an index beside it, as it does in
     * the transformers library.
     *
     * @throws CheckpointException if there are no weights, a file is damaged, or index and shards disagree
     */
    public static SafetensorsFolder read(Path folder) {
        Path single = folder.resolve(SINGLE_FILE);
        if (Files.exists(single)) {
            return new SafetensorsFolder(folder, false, byName(List.of(SafetensorsHeader.read(single))));
        }
        Path index = folder.resolve(INDEX_FILE);
        if (!Files.exists(index)) {
            throw new CheckpointException(folder + ": expected " + SINGLE_FILE + " or " + INDEX_FILE
                    + ", found neither. Weights in another format, such as pytorch_model.bin, must be saved as"
                    + " safetensors first.");
        }
        Map<String, String> weightMap = weightMap(index);
        List<SafetensorsHeader> shards = new ArrayList<>();
        for (String shard : new TreeSet<>(weightMap.values())) {
            Path file = folder.resolve(shard);
            if (!Files.isRegularFile(file)) {
                throw new CheckpointException(
                        index + ": names the shard " + shard + ", which is not there. Download or copy it again.");
            }
            shards.add(SafetensorsHeader.read(file));
        }
        Map<String, StoredTensor> tensors = byName(shards);
        checkAgainstIndex(index, weightMap, tensors);
        return new SafetensorsFolder(folder, true, tensors);
    }

    private static Map<String, StoredTensor> byName(List<SafetensorsHeader> files) {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (SafetensorsHeader file : files) {
            for (StoredTensor tensor : file.tensors()) {
                StoredTensor other = tensors.putIfAbsent(tensor.name(), tensor);
                if (other != null) {
                    throw new CheckpointException(tensor.file() + ": holds tensor " + tensor.name() + ", as does "
                            + other.file() + ". Remove the weight files that do not belong together.");
                }
            }
        }
        return tensors;
    }

    private static Map<String, String> weightMap(Path index) {
        JsonNode map;
        try {
            map = MAPPER.readTree(index.toFile()).path("weight_map");
        } catch (IOException e) {
            throw new CheckpointException(index + ": not valid JSON: " + e.getMessage(), e);
        }
        Map<String, String> shards = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            String shard = entry.getValue().asText("");
            if (shard.isEmpty() || shard.contains("/") || shard.contains("\\") || shard.equals("..")) {
                throw new CheckpointException(index + ": weight_map of " + entry.getKey()
                        + ": expected the name of a file beside the index, got " + entry.getValue() + ".");
            }
            shards.put(entry.getKey(), shard);
        }
        if (shards.isEmpty()) {
            throw new CheckpointException(index + ": expected a weight_map from tensor to file, found none or empty.");
        }
        return shards;
    }

    private static void checkAgainstIndex(
            Path index, Map<String, String> weightMap, Map<String, StoredTensor> tensors) {
        weightMap.forEach((name, shard) -> {
            StoredTensor tensor = tensors.get(name);
            if (tensor == null || !shard.equals(String.valueOf(tensor.file().getFileName()))) {
                throw new CheckpointException(index + ": says that tensor " + name + " is in " + shard + "; it is "
                        + (tensor == null
                                ? "in no shard"
                                : "in " + tensor.file().getFileName())
                        + ". Take index and shards from the same place.");
            }
        });
        for (StoredTensor tensor : tensors.values()) {
            if (!weightMap.containsKey(tensor.name())) {
                throw new CheckpointException(tensor.file() + ": holds tensor " + tensor.name() + ", which " + index
                        + " does not list. Take index and shards from the same place.");
            }
        }
    }
}
