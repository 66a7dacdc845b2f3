package dev.mpo.core.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.folder.ModelFolderDiagnosis;
import dev.mpo.core.json.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

    private static final String REMEDY = "Take index and shards from the same place.";
    private static final Pattern FILE_NAME = Pattern.compile("\\w[\\w.+-]{0,250}");
    private static final Pattern SHARD = Pattern.compile("model-\\d+-of-\\d+\\.safetensors");

    /** Whether a folder holds weights in this format at all. */
    public static boolean isPresentIn(Path folder) {
        return Files.exists(folder.resolve(SINGLE_FILE)) || Files.exists(folder.resolve(INDEX_FILE));
    }

    /** Whether a file is by its name one of the shards of a model. */
    public static boolean isShard(String fileName) {
        return SHARD.matcher(fileName).matches();
    }

    /**
     * Reads the headers of all weight files of a folder.
     *
     * @throws CheckpointException if there are no weights, or two sets of them, a file is damaged, or index and shards
     *     disagree
     */
    public static SafetensorsFolder read(Path folder) {
        Path single = folder.resolve(SINGLE_FILE);
        Path index = folder.resolve(INDEX_FILE);
        requireOneSet(folder, single, index);
        if (Files.exists(single)) {
            return new SafetensorsFolder(folder, false, byName(List.of(SafetensorsHeader.read(single))));
        }
        if (!Files.exists(index)) {
            throw ModelFolderDiagnosis.withoutWeights(folder);
        }
        Map<String, String> weightMap = weightMap(index);
        Set<String> names = new TreeSet<>(weightMap.values());
        List<String> absent = names.stream()
                .filter(name -> !Files.isRegularFile(folder.resolve(name)))
                .toList();
        if (!absent.isEmpty()) {
            throw new CheckpointException(index + ": names the shard " + absent.get(0) + ", which is not there"
                    + (absent.size() > 1 ? ", nor are " + (absent.size() - 1) + " more of " + names.size() : "")
                    + ". Download or copy what is missing.");
        }
        List<SafetensorsHeader> shards = names.stream()
                .map(name -> SafetensorsHeader.read(folder.resolve(name)))
                .toList();
        Map<String, StoredTensor> tensors = byName(shards);
        checkAgainstIndex(index, weightMap, tensors);
        return new SafetensorsFolder(folder, true, tensors);
    }

    /** Two sets of weights in one folder: one of them is old, and nothing says which. */
    private static void requireOneSet(Path folder, Path single, Path index) {
        if (!Files.exists(single)) {
            return;
        }
        String others = Files.exists(index) ? INDEX_FILE + " with its shards" : firstShard(folder);
        if (!others.isEmpty()) {
            throw new CheckpointException(folder + ": holds two sets of weights, " + SINGLE_FILE + " and " + others
                    + ". Move away the one that does not belong to this model.");
        }
    }

    private static String firstShard(Path folder) {
        return shards(folder).stream()
                .findFirst()
                .map(name -> "shards such as " + name)
                .orElse("");
    }

    /** Returns the names of all files that are shards by their names, in order. */
    private static List<String> shards(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(SafetensorsFolder::isShard)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new CheckpointException(folder + ": " + JsonFile.reason(e) + ".", e);
        }
    }

    /** Returns the names of files that are shards by their names, but hold none of the tensors. */
    public List<String> unusedShards() {
        Set<String> used = new TreeSet<>();
        tensors.values().forEach(tensor -> used.add(String.valueOf(tensor.file().getFileName())));
        return shards(folder).stream().filter(name -> !used.contains(name)).toList();
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
        JsonNode map = JsonFile.object(index, REMEDY).path("weight_map");
        Map<String, String> shards = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            String shard = entry.getValue().isTextual() ? entry.getValue().textValue() : "";
            if (!FILE_NAME.matcher(shard).matches()) {
                throw new CheckpointException(index + ": weight_map of " + entry.getKey()
                        + ": expected the name of a file beside the index, got " + shortened(entry.getValue()) + ". "
                        + REMEDY);
            }
            shards.put(entry.getKey(), shard);
        }
        if (shards.isEmpty()) {
            throw new CheckpointException(
                    index + ": expected a weight_map from tensor to file, found none or empty. " + REMEDY);
        }
        return shards;
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() > 80 ? text.substring(0, 80) + "..." : text;
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
