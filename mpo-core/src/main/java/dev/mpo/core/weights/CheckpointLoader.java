package dev.mpo.core.weights;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.VisionConfig;
import dev.mpo.core.json.JsonFile;
import dev.mpo.core.model.ModelLayout;
import dev.mpo.core.safetensors.NumberFormats;
import dev.mpo.core.safetensors.StoredTensor;
import dev.mpo.core.safetensors.StoredType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Copies a checkpoint's stored tensors into a model's parameters. Files are memory-mapped piece by piece and converted
 * to each parameter's number format on the way; beyond the mapping one buffer of a few megabytes is all it needs.
 */
public final class CheckpointLoader {

    private static final String POSITION_EMBEDDING = ModelLayout.VISION_EMBEDDINGS + ".position_embedding";
    private static final Set<String> TOKEN_TABLES =
            Set.of(ModelLayout.LANGUAGE_EMBEDDINGS + ".weight", ModelLayout.LANGUAGE_HEAD + ".head.weight");
    private static final int BUFFER_BYTES = 8 << 20;

    private final ParameterStore target;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private CheckpointLoader(ParameterStore target) {
        this.target = target;
    }

    /**
     * Sets every parameter from the checkpoint.
     *
     * @throws CheckpointException if a file cannot be read
     */
    public static void load(Checkpoint checkpoint, ParameterStore target) {
        load(checkpoint, checkpoint.config(), new RowRange(0, 0), target);
    }

    /**
     * Sets every parameter of a model that may differ from the checkpoint in image and vocabulary size: the position
     * embedding is interpolated, the token tables are cut or extended.
     *
     * @param config the model's configuration
     * @param newTokens rows of the token tables that belong to tokens the checkpoint has not seen, empty if there are
     *     none; they become the mean of the stored rows before them. It holds at least the rows that the tables grow
     *     by.
     * @throws CheckpointException if a file cannot be read
     */
    public static void load(Checkpoint checkpoint, ModelConfig config, RowRange newTokens, ParameterStore target) {
        CheckpointLoader loader = new CheckpointLoader(target);
        int numTokens = config.language().vocabSize();
        int stored = checkpoint.config().language().vocabSize();
        if (numTokens > stored && (newTokens.first() > stored || newTokens.first() + newTokens.count() < numTokens)) {
            throw new IllegalArgumentException(newTokens + " leaves rows of " + numTokens + " without values");
        }
        for (StoredTensor tensor : checkpoint.tensors()) {
            TensorMapping mapping = checkpoint.mapping(tensor);
            try {
                if (mapping.parameter().equals(POSITION_EMBEDDING)) {
                    loader.loadPositions(tensor, checkpoint.config().vision(), config.vision());
                } else if (TOKEN_TABLES.contains(mapping.parameter())) {
                    loader.loadTokens(tensor, mapping, numTokens, newTokens);
                } else {
                    loader.load(tensor, mapping);
                }
            } catch (IOException e) {
                throw new CheckpointException(
                        tensor.file() + ": tensor " + tensor.name() + " cannot be read: " + JsonFile.reason(e) + ".",
                        e);
            }
        }
    }

    private void loadPositions(StoredTensor tensor, VisionConfig stored, VisionConfig wanted) throws IOException {
        int oldSide = stored.patchesPerSide();
        int newSide = wanted.patchesPerSide();
        TensorMapping whole = new TensorMapping(
                tensor.name(),
                tensor.info().shape(),
                POSITION_EMBEDDING,
                List.of(new RowRange(0, 1)),
                numElements(tensor));
        if (oldSide == newSide) {
            load(tensor, whole);
            return;
        }
        Map<String, float[]> read = Map.of(POSITION_EMBEDDING, new float[numElements(tensor)]);
        new CheckpointLoader(new HeapParameterStore(read)).load(tensor, whole);
        float[] resized =
                PositionEmbeddings.resize(Objects.requireNonNull(read.get(POSITION_EMBEDDING)), oldSide, newSide);
        ByteBuffer single = ByteBuffer.allocate(resized.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        single.asFloatBuffer().put(resized);
        write(POSITION_EMBEDDING, 0, single, StoredType.F32, target.type(POSITION_EMBEDDING));
    }

    private static int numElements(StoredTensor tensor) {
        return Math.toIntExact(tensor.info().numElements());
    }

    private void loadTokens(StoredTensor tensor, TensorMapping mapping, int numTokens, RowRange newTokens)
            throws IOException {
        long kept = Math.min(numTokens, mapping.storedShape().get(0));
        load(
                tensor,
                new TensorMapping(
                        tensor.name(),
                        mapping.storedShape(),
                        mapping.parameter(),
                        List.of(new RowRange(0, kept)),
                        mapping.rowElements()));
        if (newTokens.count() > 0) {
            VocabularyRows.fill(tensor, mapping.parameter(), newTokens, target);
        }
    }

    private void load(StoredTensor tensor, TensorMapping mapping) throws IOException {
        String parameter = mapping.parameter();
        StoredType to = target.type(parameter);
        StoredType from = tensor.info().type();
        long storedRow = 0;
        for (RowRange rows : mapping.rows()) {
            long stored = storedRow * mapping.rowElements();
            long shift = rows.first() * mapping.rowElements() - stored;
            tensor.read(
                    stored,
                    rows.count() * mapping.rowElements(),
                    (first, bytes) -> write(parameter, first + shift, bytes, from, to));
            storedRow += rows.count();
        }
    }

    private void write(String parameter, long firstElement, ByteBuffer bytes, StoredType from, StoredType to) {
        if (from == to) {
            target.write(parameter, firstElement, bytes);
            return;
        }
        int atOnce = BUFFER_BYTES / Math.max(from.numBytes(), to.numBytes());
        long element = firstElement;
        while (bytes.hasRemaining()) {
            int count = Math.min(atOnce, bytes.remaining() / from.numBytes());
            ByteBuffer piece = bytes.slice(bytes.position(), count * from.numBytes());
            bytes.position(bytes.position() + count * from.numBytes());
            buffer.clear();
            NumberFormats.convert(piece, from, buffer, to);
            target.write(parameter, element, buffer.flip());
            element += count;
        }
    }
}
