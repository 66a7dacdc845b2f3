package dev.mpo.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.core.safetensors.SafetensorsWriter;
import dev.mpo.core.safetensors.StoredTensor;
import dev.mpo.core.safetensors.StoredType;
import dev.mpo.core.safetensors.TensorInfo;
import dev.mpo.core.weights.Layout;
import dev.mpo.core.weights.TensorNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assertions;

/** Changes to the files of a small checkpoint: its configuration and its stored tensors. */
final class NanoFiles {

    private static final ObjectMapper JSON = new ObjectMapper();

    private NanoFiles() {}

    /** Gives the checkpoint an InternLM2 decoder with new random weights. */
    static void toInternLm2(Path model) {
        editConfig(model, config -> {
            ObjectNode language = (ObjectNode) config.get("llm_config");
            language.putArray("architectures").add("InternLM2ForCausalLM");
            language.put("model_type", "internlm2").put("bias", false).put("max_position_embeddings", 48);
            language.putObject("rope_scaling").put("type", "dynamic").put("factor", 2.0);
            language.put("pad_token_id", 2);
        });
        randomWeights(model, 5);
    }

    static void editConfig(Path model, Consumer<ObjectNode> change) {
        Path file = model.resolve("config.json");
        try {
            ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());
            change.accept(config);
            JSON.writeValue(file.toFile(), config);
        } catch (IOException e) {
            Assertions.fail(e);
        }
    }

    /** Writes random weights for what config.json says. */
    static void randomWeights(Path model, long seed) {
        Random random = new Random(seed);
        Map<TensorInfo, float[]> tensors = new LinkedHashMap<>();
        TensorNames.mappings(ModelConfig.load(model), Layout.ORIGINAL).forEach(mapping -> {
            TensorInfo info = new TensorInfo(mapping.storedName(), StoredType.F32, mapping.storedShape());
            boolean norm =
                    mapping.parameter().contains("norm") && mapping.parameter().endsWith("weight");
            float[] values = new float[(int) info.numElements()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((norm ? 1 : 0) + 0.06 * random.nextGaussian());
            }
            tensors.put(info, values);
        });
        write(model, tensors);
    }

    /** Reads all tensors of a checkpoint in one file, lets them be changed, and writes them back. */
    static void editTensors(Path model, UnaryOperator<Map<TensorInfo, float[]>> change) {
        Map<TensorInfo, float[]> tensors = new LinkedHashMap<>();
        try {
            for (StoredTensor tensor : SafetensorsFolder.read(model).tensors().values()) {
                float[] values = new float[(int) tensor.info().numElements()];
                tensor.read(
                        0,
                        values.length,
                        (first, bytes) -> bytes.order(ByteOrder.LITTLE_ENDIAN)
                                .asFloatBuffer()
                                .get(values, (int) first, bytes.remaining() / Float.BYTES));
                tensors.put(tensor.info(), values);
            }
        } catch (IOException e) {
            Assertions.fail(e);
        }
        write(model, change.apply(tensors));
    }

    private static void write(Path model, Map<TensorInfo, float[]> tensors) {
        SafetensorsWriter.write(
                model.resolve(SafetensorsFolder.SINGLE_FILE), List.copyOf(tensors.keySet()), (info, channel) -> {
                    float[] values = tensors.get(info);
                    ByteBuffer bytes =
                            ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                    bytes.asFloatBuffer().put(values);
                    while (bytes.hasRemaining()) {
                        channel.write(bytes);
                    }
                });
    }
}
