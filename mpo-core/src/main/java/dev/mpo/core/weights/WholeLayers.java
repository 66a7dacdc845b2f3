package dev.mpo.core.weights;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.safetensors.SafetensorsFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds tensors that are missing from a checkpoint of any decoder: all layers of a stack hold the same tensors. */
final class WholeLayers {

    private static final Pattern LAYER = Pattern.compile(".*\\.layers?\\.(\\d{1,6})\\.(.+)");
    private static final int MOST_TOLD = 5;

    private WholeLayers() {}

    /**
     * Checks both stacks.
     *
     * @throws CheckpointException naming layers and tensors that are missing
     */
    static void require(SafetensorsFolder files, LayerCounts counts) {
        Map<Integer, Set<String>> vision = new TreeMap<>();
        Map<Integer, Set<String>> decoder = new TreeMap<>();
        for (String name : files.tensors().keySet()) {
            Matcher layer = LAYER.matcher(name);
            if (layer.matches()) {
                (name.contains("vision_") ? vision : decoder)
                        .computeIfAbsent(Integer.parseInt(layer.group(1)), index -> new TreeSet<>())
                        .add(layer.group(2));
            }
        }
        require(files, "vision tower", vision, counts.vision());
        require(files, "decoder", decoder, counts.decoder());
    }

    private static void require(SafetensorsFolder files, String stack, Map<Integer, Set<String>> layers, int count) {
        Set<String> all = new TreeSet<>();
        layers.values().forEach(all::addAll);
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Set<String> own = layers.getOrDefault(i, Set.of());
            int index = i;
            if (own.isEmpty()) {
                missing.add("all of layer " + i);
            } else {
                all.stream()
                        .filter(name -> !own.contains(name))
                        .forEach(name -> missing.add("layer " + index + ": " + name));
            }
        }
        if (!missing.isEmpty() || layers.size() != count) {
            throw new CheckpointException(files.folder() + ": expected " + count + " layers of the " + stack
                    + " with the same tensors each, as config.json says, got " + layers.size() + " layers"
                    + (missing.isEmpty()
                            ? ""
                            : "; missing: " + String.join(", ", missing.subList(0, Math.min(MOST_TOLD, missing.size())))
                                    + (missing.size() > MOST_TOLD
                                            ? " and " + (missing.size() - MOST_TOLD) + " more"
                                            : ""))
                    + ". Take config.json and all weight files from the same place.");
        }
    }
}
