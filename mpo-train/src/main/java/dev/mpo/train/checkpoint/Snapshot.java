package dev.mpo.train.checkpoint;

import dev.mpo.core.model.ParameterBuffer;
import dev.mpo.core.model.ParameterPiece;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.DeviceMemory;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import dev.mpo.train.optim.AdamW;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The weights and moments that this rank stores, as they are now: copies in host memory, or the tensors themselves,
 * which must then be written before training goes on.
 */
final class Snapshot implements AutoCloseable {

    private static final double HEADROOM = 1.25;

    private final Scope scope = new Scope();
    private final List<ParameterPiece> weights = new ArrayList<>();
    private final List<ParameterPiece> firstMoments = new ArrayList<>();
    private final List<ParameterPiece> secondMoments = new ArrayList<>();

    private Snapshot() {}

    /** Takes a snapshot of an optimizer and the weights that it updates. */
    static Snapshot of(AdamW optimizer, boolean copy) {
        Snapshot snapshot = new Snapshot();
        for (ParameterBuffer buffer : optimizer.buffers()) {
            snapshot.add(snapshot.weights, buffer, ParameterBuffer::master, copy);
            snapshot.add(snapshot.firstMoments, buffer, optimizer::firstMoment, copy);
            snapshot.add(snapshot.secondMoments, buffer, optimizer::secondMoment, copy);
        }
        return snapshot;
    }

    /** Returns whether the host has room for copies. */
    static boolean fits(AdamW optimizer) {
        long bytes = optimizer.buffers().stream()
                .mapToLong(buffer ->
                        3 * buffer.ownedLength() * buffer.master().dtype().numBytes())
                .sum();
        return bytes * HEADROOM < DeviceMemory.available(Device.CPU).orElse(Long.MAX_VALUE);
    }

    private void add(
            List<ParameterPiece> pieces,
            ParameterBuffer buffer,
            Function<ParameterBuffer, Tensor> vector,
            boolean copy) {
        Tensor values = vector.apply(buffer);
        if (copy) {
            Tensor host = Tensors.empty(scope, Device.CPU, values.dtype(), values.numel());
            Tensors.copy(values, host);
            values = host;
        }
        pieces.addAll(ParameterPiece.of(buffer, values, scope));
    }

    /** Writes this rank's files and returns them. */
    List<Path> write(StepFolder folder, int part, int parts) {
        TensorFile.write(folder.weights(part, parts), weights);
        TensorFile.write(folder.firstMoments(part, parts), firstMoments);
        TensorFile.write(folder.secondMoments(part, parts), secondMoments);
        return List.of(
                folder.weights(part, parts), folder.firstMoments(part, parts), folder.secondMoments(part, parts));
    }

    @Override
    public void close() {
        scope.close();
    }
}
