package dev.mpo.data.synth;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.ModelLayout;
import dev.mpo.core.model.ParameterSpec;
import dev.mpo.core.model.StageSpec;
import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.core.safetensors.SafetensorsWriter;
import dev.mpo.core.safetensors.StoredType;
import dev.mpo.core.safetensors.TensorInfo;
import dev.mpo.core.weights.HeapParameterStore;
import dev.mpo.core.weights.Layout;
import dev.mpo.core.weights.RowRange;
import dev.mpo.core.weights.TensorMapping;
import dev.mpo.core.weights.TensorNames;
import dev.mpo.data.text.ChatTemplate;
import dev.mpo.data.text.ImageTokens;
import dev.mpo.data.text.Turn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the folder of an untrained nano model: configuration, tokenizer and random weights, in the layout of the
 * published InternVL checkpoints.
 */
public final class NanoCheckpoint {

    /** The chat template that the model is trained with. */
    static final String TEMPLATE = "internvl2_5";

    /** Standard deviation of the initial weights; at this width 0.02 would halve the speed of learning. */
    static final double WEIGHT_DEVIATION = 0.06;

    /** Initial factor on the residual branches of the vision tower. */
    static final double LAYER_SCALE = 0.1;

    private NanoCheckpoint() {}

    /**
     * Writes a checkpoint folder, which is created when absent, and returns its configuration as a loader reads it.
     *
     * @param folder where to
     * @param size the widths and depths of the model
     * @param texts what the tokenizer should know well, such as {@link SyntheticDataset#texts}
     * @param seed decides the weights
     * @throws dev.mpo.core.CheckpointException if the folder cannot be written
     */
    public static ModelConfig write(Path folder, NanoModelConfig size, Collection<String> texts, long seed) {
        size.write(folder, NanoTokenizerWriter.write(folder, tokenizerTexts(texts)));
        ModelConfig config = ModelConfig.load(folder);
        List<TensorMapping> mappings = TensorNames.mappings(config, Layout.ORIGINAL);
        HeapParameterStore weights = new HeapParameterStore(drawn(config, new RandomWeights(seed)));
        SafetensorsWriter.write(
                folder.resolve(SafetensorsFolder.SINGLE_FILE),
                mappings.stream()
                        .map(mapping -> new TensorInfo(mapping.storedName(), StoredType.F32, mapping.storedShape()))
                        .toList(),
                (tensor, channel) -> copy(mapping(mappings, tensor), weights, channel));
        return config;
    }

    private static Map<String, float[]> drawn(ModelConfig config, RandomWeights random) {
        Map<String, float[]> values = new LinkedHashMap<>();
        for (StageSpec stage : ModelLayout.of(config)) {
            for (ParameterSpec parameter : stage.parameters()) {
                String name = stage.fullName(parameter);
                values.put(name, random.draw(name, parameter));
            }
        }
        return values;
    }

    private static TensorMapping mapping(List<TensorMapping> mappings, TensorInfo tensor) {
        return mappings.stream()
                .filter(mapping -> mapping.storedName().equals(tensor.name()))
                .findFirst()
                .orElseThrow();
    }

    private static void copy(TensorMapping mapping, HeapParameterStore weights, WritableByteChannel channel)
            throws IOException {
        for (RowRange rows : mapping.rows()) {
            long elements = rows.count() * mapping.rowElements();
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(elements * Float.BYTES));
            weights.read(mapping.parameter(), rows.first() * mapping.rowElements(), bytes);
            bytes.flip();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    /** Returns what the tokenizer should see: the pieces of the data set's texts and of the chat template. */
    static List<String> tokenizerTexts(Collection<String> datasetTexts) {
        List<String> pieces = new ArrayList<>();
        for (String text : datasetTexts) {
            for (String part : text.split(ImageTokens.PLACEHOLDER, -1)) {
                pieces.add(part);
            }
        }
        List<Turn> turns = List.of(Turn.user(""), Turn.assistant(""));
        ChatTemplate.of(TEMPLATE).segments(turns).forEach(segment -> pieces.add(segment.text()));
        return pieces;
    }
}
