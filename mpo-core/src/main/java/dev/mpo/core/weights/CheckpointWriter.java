package dev.mpo.core.weights;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.json.JsonFile;
import dev.mpo.core.safetensors.NumberFormats;
import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.core.safetensors.SafetensorsWriter;
import dev.mpo.core.safetensors.SafetensorsWriter.Shard;
import dev.mpo.core.safetensors.StoredType;
import dev.mpo.core.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a model's parameters as a checkpoint after the example of the one it came from: the same tensor names, number
 * formats and order. Values stream through one buffer of a few megabytes.
 */
public final class CheckpointWriter {

    /** Largest shard where the source's own division into files does not apply: 5 GB, as the transformers library. */
    public static final long DEFAULT_MAX_SHARD_BYTES = 5_000_000_000L;

    private static final int BUFFER_BYTES = 8 << 20;

    private final ParameterStore values;
    private final Map<String, TensorMapping> mappings = new HashMap<>();
    private final ByteBuffer raw = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer converted = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private CheckpointWriter(ParameterStore values) {
        this.values = values;
    }

    /**
     * Writes weights, and an index if there are several files, in the source's layout and division into files.
     *
     * @param source the checkpoint that the model came from
     * @param config the model's configuration now; it may differ from the source's in image and vocabulary size
     * @param values the parameters
     * @param folder where to; created if absent
     * @throws CheckpointException if a file cannot be written
     */
    public static void write(Checkpoint source, ModelConfig config, ParameterStore values, Path folder) {
        write(ExportPlan.likeSource(source, config), values, folder);
    }

    /**
     * Writes weights in a chosen layout, in shards of at most the given size; a single file where that suffices or
     * where the source was one.
     */
    public static void write(
            Checkpoint source,
            ModelConfig config,
            ParameterStore values,
            Path folder,
            Layout layout,
            long maxShardBytes) {
        write(ExportPlan.resharded(source, config, layout, maxShardBytes), values, folder);
    }

    private static void write(ExportPlan plan, ParameterStore values, Path folder) {
        try {
            Files.createDirectories(folder);
            Files.deleteIfExists(folder.resolve(SafetensorsFolder.INDEX_FILE));
            Files.deleteIfExists(folder.resolve(SafetensorsFolder.SINGLE_FILE));
        } catch (IOException e) {
            throw new CheckpointException(
                    folder + ": cannot be written: " + JsonFile.reason(e) + ". Check free space and permissions.", e);
        }
        CheckpointWriter writer = new CheckpointWriter(values);
        writer.mappings.putAll(plan.mappings());
        List<Shard> shards = plan.shards();
        for (Shard shard : shards) {
            SafetensorsWriter.write(folder.resolve(shard.fileName()), shard.tensors(), writer::copy);
        }
        if (shards.size() > 1 || !shards.get(0).fileName().equals(SafetensorsFolder.SINGLE_FILE)) {
            SafetensorsWriter.writeIndex(folder, shards);
        }
    }

    private void copy(TensorInfo tensor, WritableByteChannel channel) throws IOException {
        TensorMapping mapping = mappings.get(tensor.name());
        if (mapping == null) {
            throw new IllegalStateException("no values planned for tensor " + tensor.name());
        }
        StoredType from = values.type(mapping.parameter());
        int atOnce = BUFFER_BYTES / Math.max(from.numBytes(), tensor.type().numBytes());
        for (RowRange rows : mapping.rows()) {
            long element = rows.first() * mapping.rowElements();
            long end = element + rows.count() * mapping.rowElements();
            while (element < end) {
                int count = (int) Math.min(atOnce, end - element);
                raw.clear().limit(count * from.numBytes());
                values.read(mapping.parameter(), element, raw);
                writeFully(channel, inType(from, tensor.type()));
                element += count;
            }
        }
    }

    /** Returns what was read, in the stored type. */
    private ByteBuffer inType(StoredType from, StoredType to) {
        raw.flip();
        if (from == to) {
            return raw;
        }
        converted.clear();
        NumberFormats.convert(raw, from, converted, to);
        return converted.flip();
    }

    private static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
