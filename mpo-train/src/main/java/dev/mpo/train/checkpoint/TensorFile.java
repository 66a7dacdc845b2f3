package dev.mpo.train.checkpoint;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.safetensors.SafetensorsHeader;
import dev.mpo.core.safetensors.SafetensorsWriter;
import dev.mpo.core.safetensors.StoredTensor;
import dev.mpo.core.safetensors.TensorInfo;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.weights.TensorParameterStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * A safetensors file of native tensors by full parameter name, in exactly the type that they have in memory. Values
 * stream through a buffer of a few megabytes.
 */
final class TensorFile {

    private static final int BUFFER_BYTES = 8 << 20;

    private final Path file;
    private final Map<String, Tensor> tensors;
    private final TensorParameterStore store;

    private TensorFile(Path file, Map<String, Tensor> tensors, Device device) {
        this.file = file;
        this.tensors = tensors;
        this.store = new TensorParameterStore(device, name -> Objects.requireNonNull(tensors.get(name), name));
    }

    /** Writes tensors that live on a device. */
    static void write(Path file, Map<String, Tensor> tensors, Device device) {
        TensorFile self = new TensorFile(file, tensors, device);
        List<TensorInfo> infos = new ArrayList<>();
        tensors.forEach((name, tensor) -> infos.add(new TensorInfo(
                name,
                self.store.type(name),
                Arrays.stream(tensor.shape()).boxed().toList())));
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        SafetensorsWriter.write(file, infos, (info, channel) -> self.copy(info, buffer, channel));
    }

    private void copy(TensorInfo info, ByteBuffer buffer, WritableByteChannel channel) throws IOException {
        int size = info.type().numBytes();
        long element = 0;
        while (element < info.numElements()) {
            long count = Math.min(BUFFER_BYTES / size, info.numElements() - element);
            buffer.clear().limit(Math.toIntExact(count * size));
            store.read(info.name(), element, buffer);
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            element += count;
        }
    }

    /**
     * Sets tensors from a file.
     *
     * @param complete whether the file must hold all of them; it may never hold others
     * @throws CheckpointException naming what is missing, unknown or of another shape or type
     */
    static void read(Path file, Map<String, Tensor> tensors, Device device, boolean complete) {
        TensorFile self = new TensorFile(file, tensors, device);
        List<StoredTensor> stored = SafetensorsHeader.read(file).tensors();
        self.requireNames(stored, complete);
        stored.forEach(self::set);
    }

    private void requireNames(List<StoredTensor> stored, boolean complete) {
        TreeSet<String> missing = new TreeSet<>(complete ? tensors.keySet() : List.of());
        TreeSet<String> unknown = new TreeSet<>();
        for (StoredTensor tensor : stored) {
            missing.remove(tensor.name());
            if (!tensors.containsKey(tensor.name())) {
                unknown.add(tensor.name());
            }
        }
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new CheckpointException(file + ": expected the trained parameters of this model; missing " + missing
                    + ", beyond them " + unknown + "; resume with the model and the settings of the run");
        }
    }

    private void set(StoredTensor stored) {
        String name = stored.name();
        List<Long> shape = Arrays.stream(
                        Objects.requireNonNull(tensors.get(name)).shape())
                .boxed()
                .toList();
        if (!stored.info().shape().equals(shape) || stored.info().type() != store.type(name)) {
            throw new CheckpointException(file + ": tensor " + name + ": expected " + store.type(name) + shape
                    + ", got " + stored.info().type() + stored.info().shape());
        }
        try {
            stored.read(0, stored.info().numElements(), (first, bytes) -> store.write(name, first, bytes));
        } catch (IOException e) {
            throw new CheckpointException(file + ": tensor " + name + " cannot be read: " + e, e);
        }
    }
}
