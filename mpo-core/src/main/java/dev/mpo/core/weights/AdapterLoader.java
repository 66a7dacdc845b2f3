package dev.mpo.core.weights;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.safetensors.NumberFormats;
import dev.mpo.core.safetensors.SafetensorsHeader;
import dev.mpo.core.safetensors.StoredTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Sets LoRA adapters from a safetensors file whose names follow the peft library:
 * {@code language_model.base_model.model.<name>.lora_A[.default].weight}, with the name of the adapted tensor in the
 * original layout.
 */
public final class AdapterLoader {

    private static final String WEIGHT = ".weight";

    private AdapterLoader() {}

    /**
     * Sets every adapter.
     *
     * @param adapters full internal names of all adapters of the model, such as
     *     {@code language.layers.0.attention.q.lora_a}
     * @throws CheckpointException naming all adapters that the file lacks or has beyond these
     */
    public static void load(Path file, ModelConfig config, Set<String> adapters, ParameterStore target) {
        Map<String, String> internal = new HashMap<>();
        for (TensorMapping mapping : TensorNames.mappings(config, Layout.ORIGINAL)) {
            internal.put(mapping.storedName(), mapping.parameter());
        }
        Set<String> missing = new TreeSet<>(adapters);
        Set<String> extra = new TreeSet<>();
        Map<String, StoredTensor> found = new HashMap<>();
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
                    + missing + ", beyond them " + extra
                    + "; set model.lora.targets to the parts that the file was made for");
        }
        found.forEach((name, tensor) -> copy(file, name, tensor, target));
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
                    return base + (factor.equals("A") ? ".lora_a" : ".lora_b");
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
            throw new CheckpointException(file + ": tensor " + tensor.name() + " cannot be read: " + e, e);
        }
    }
}
