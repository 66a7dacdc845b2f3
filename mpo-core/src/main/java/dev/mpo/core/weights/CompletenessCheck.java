package dev.mpo.core.weights;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.core.safetensors.StoredTensor;
import dev.mpo.core.safetensors.TensorInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares what a checkpoint stores with what its configuration asks for. */
final class CompletenessCheck {

    private static final int MAX_LISTED = 10;

    private final List<String> missing = new ArrayList<>();
    private final List<String> misshapen = new ArrayList<>();
    private final List<String> mistyped = new ArrayList<>();

    private CompletenessCheck() {}

    /** Throws one exception that lists every difference, the first ten of each kind. */
    static void check(
            Path folder, SafetensorsFolder files, List<TensorMapping> expected, Map<String, String> storedNames) {
        CompletenessCheck check = new CompletenessCheck();
        Set<String> extra = new LinkedHashSet<>(files.tensors().keySet());
        for (TensorMapping mapping : expected) {
            String stored = storedNames.getOrDefault(mapping.storedName(), mapping.storedName());
            extra.remove(stored);
            check.compare(mapping, files.tensors().get(stored));
        }
        check.report(folder, List.copyOf(extra));
    }

    private void compare(TensorMapping mapping, @Nullable StoredTensor tensor) {
        if (tensor == null) {
            missing.add(mapping.storedName() + " " + mapping.storedShape());
            return;
        }
        TensorInfo info = tensor.info();
        if (!info.shape().equals(mapping.storedShape())) {
            misshapen.add(info.name() + ": expected " + mapping.storedShape() + ", got " + info.shape());
        } else if (!info.type().isWeightType()) {
            mistyped.add(info.name() + ": expected F32, F16 or BF16, got " + info.type());
        }
    }

    private void report(Path folder, List<String> extra) {
        if (missing.isEmpty() && misshapen.isEmpty() && mistyped.isEmpty() && extra.isEmpty()) {
            return;
        }
        throw new CheckpointException(folder + ": the stored tensors do not fit config.json."
                + listed("missing", missing)
                + listed("extra", extra)
                + listed("misshapen", misshapen)
                + listed("of an unusable type", mistyped)
                + "\nTake config.json and the weights from the same place, and download or copy what is missing.");
    }

    private static String listed(String kind, List<String> names) {
        if (names.isEmpty()) {
            return "";
        }
        String more = names.size() > MAX_LISTED ? "\n  ... and " + (names.size() - MAX_LISTED) + " more" : "";
        return "\n" + names.size() + " " + kind + ":\n  "
                + names.stream().limit(MAX_LISTED).collect(Collectors.joining("\n  ")) + more;
    }
}
