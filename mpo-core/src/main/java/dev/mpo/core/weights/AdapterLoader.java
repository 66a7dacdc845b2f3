package dev.mpo.core.weights;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.json.JsonFile;
import dev.mpo.core.model.ParameterSpec;
import dev.mpo.core.safetensors.NumberFormats;
import dev.mpo.core.safetensors.SafetensorsHeader;
import dev.mpo.core.safetensors.StoredTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Sets LoRA adapters from a safetensors file whose names follow the peft library:
 * {@code language_model.base_model.model.<name>.lora_A[.default].weight}, with the name of the adapted tensor in the
 * original layout.
 */
public final class AdapterLoader {

    private static final String WEIGHT = ".weight";
    private static final String A = ".lora_a";
    private static final int MOST_SHOWN = 10;

    private AdapterLoader() {}

    /**
     * Sets every adapter, after all of the file's tensors have been found to fit.
     *
     * @param adapters all adapters of the model by full internal name, such as
     *     {@code language.layers.0.attention.q.lora_a}
     * @throws CheckpointException naming all adapters that the file lacks, has beyond these, or has in another shape or
     *     type; nothing has been set then
     */
    public static void load(Path file, ModelConfig config, Map<String, ParameterSpec> adapters, ParameterStore target) {
        Map<String, String> internal = new HashMap<>();
        for (TensorMapping mapping : TensorNames.mappings(config, Layout.ORIGINAL)) {
            internal.put(mapping.storedName(), mapping.parameter());
        }
        Set<String> missing = new TreeSet<>(adapters.keySet());
        Set<String> extra = new TreeSet<>();
        Map<String, StoredTensor> found = new TreeMap<>();
        for (StoredTensor tensor : SafetensorsHeader.read(file).tensors()) {
            String name = internalName(tensor.name(), internal);
            if (missing.remove(name)) {
                found.put(name, tensor);
            } else {
                extra.add(tensor.name());
            }
        }
        if (!missing.isEmpty() || !extra.isEmpty()) {
            throw new CheckpointException(file + ": expected exactly the adapters of model.lora.targets; missing "
                    + shown(missing) + ", beyond them " + shown(extra)
                    + "; set model.lora.targets to the parts that the file was made for");
        }
        requireShapes(file, adapters, found);
        found.forEach((name, tensor) -> copy(file, name, tensor, target));
    }

    private static void requireShapes(Path file, Map<String, ParameterSpec> adapters, Map<String, StoredTensor> found) {
        List<String> wrong = new ArrayList<>();
        Set<Long> ranks = new TreeSet<>();
        found.forEach((name, tensor) -> {
            List<Long> expected = Objects.requireNonNull(adapters.get(name)).shape();
            List<Long> shape = tensor.info().shape();
            if (!shape.equals(expected) || !tensor.info().type().isWeightType()) {
                wrong.add(tensor.name() + ": expected " + expected + " in F32, F16 or BF16, got " + shape + " in "
                        + tensor.info().type());
            }
            if (shape.size() == 2) {
                ranks.add(shape.get(name.endsWith(A) ? 0 : 1));
            }
        });
        if (wrong.isEmpty()) {
            return;
        }
        throw new CheckpointException(file + ": " + wrong.size() + " of " + found.size()
                + " adapters do not fit this model and model.lora.rank: " + shown(wrong)
                + (ranks.size() == 1
                        ? ". The file's rank is " + ranks.iterator().next()
                        : "")
                + "; set model.lora.rank to the rank that the file was made with, for the same model");
    }

    private static String shown(Collection<String> names) {
        String first = names.stream().limit(MOST_SHOWN).collect(Collectors.joining(", ", "[", ""));
        return first + (names.size() > MOST_SHOWN ? " and " + (names.size() - MOST_SHOWN) + " more]" : "]");
    }

    private static String internalName(String stored, Map<String, String> internal) {
        String plain = stored.replace("base_model.model.", "").replace(".default", "");
        for (String factor : new HashSet<>(Set.of("A", "B"))) {
            String suffix = ".lora_" + factor + WEIGHT;
            if (plain.endsWith(suffix)) {
                String linear = plain.substring(0, plain.length() - suffix.length());
                String parameter = internal.getOrDefault(linear + WEIGHT, "");
                if (parameter.endsWith(WEIGHT)) {
                    String base = parameter.substring(0, parameter.length() - WEIGHT.length());
                    return base + (factor.equals("A") ? A : ".lora_b");
                }
            }
        }
        return stored;
    }

    private static void copy(Path file, String name, StoredTensor tensor, ParameterStore target) {
        try {
            tensor.read(0, tensor.info().numElements(), (first, bytes) -> {
                int count = bytes.remaining() / tensor.info().type().numBytes();
                ByteBuffer converted = ByteBuffer.allocate(
                                count * target.type(name).numBytes())
                        .order(ByteOrder.LITTLE_ENDIAN);
                NumberFormats.convert(bytes, tensor.info().type(), converted, target.type(name));
                target.write(name, first, converted.flip());
            });
        } catch (IOException e) {
            throw new CheckpointException(
                    file + ": tensor " + tensor.name() + " cannot be read: " + JsonFile.reason(e) + ".", e);
        }
    }
}
