package dev.mpo.core.weights;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.safetensors.SafetensorsFolder;
import java.util.LinkedHashMap;
import java.util.Map;

/** Recognises a checkpoint's layout and the older spellings of its names. */
final class StoredNames {

    private StoredNames() {}

    static Layout detectLayout(SafetensorsFolder files) {
        for (String name : files.tensors().keySet()) {
            if (name.startsWith("vision_model.")) {
                return Layout.ORIGINAL;
            }
            if (current(name).startsWith("model.vision_tower.")) {
                return Layout.TRANSFORMERS;
            }
        }
        throw new CheckpointException(files.folder()
                + ": expected tensors named vision_model.* (original layout) or model.vision_tower.*"
                + " (transformers-native layout), found neither among "
                + files.tensors().size()
                + " tensors. This is no InternVL checkpoint; adapters alone must be merged into their model first.");
    }

    /** Returns the spelling in the files by the layout's current spelling. */
    static Map<String, String> storedNames(SafetensorsFolder files, Layout layout) {
        Map<String, String> names = new LinkedHashMap<>();
        for (String stored : files.tensors().keySet()) {
            String name = layout == Layout.ORIGINAL ? stored : current(stored);
            String other = names.putIfAbsent(name, stored);
            if (other != null) {
                throw new CheckpointException(files.folder() + ": holds the same tensor twice, as " + other + " and as "
                        + stored + ". Remove the files that do not belong together.");
            }
        }
        return names;
    }

    /**
     * Returns the current transformers-native spelling. Older files lack the leading {@code model.}, and keep the
     * language model with its head in one wrapper.
     */
    private static String current(String stored) {
        String name = stored.startsWith("model.") ? stored.substring("model.".length()) : stored;
        if (name.startsWith("language_model.lm_head.")) {
            return name.substring("language_model.".length());
        }
        if (name.startsWith("language_model.model.")) {
            return "model.language_model." + name.substring("language_model.model.".length());
        }
        return name.startsWith("lm_head.") ? name : "model." + name;
    }
}
