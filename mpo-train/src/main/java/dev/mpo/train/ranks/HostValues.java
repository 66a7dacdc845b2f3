package dev.mpo.train.ranks;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;

/**
 * Small values of the host, exchanged as tensors. Every reduction is a gather followed by the same sum on every rank,
 * so that its result depends neither on the library nor on the rank.
 */
final class HostValues {

    private final Collectives collectives;

    HostValues(Collectives collectives) {
        this.collectives = collectives;
    }

    double[] reduce(double[] values, DoubleBinaryOperator operator) {
        double[] all = gather(values);
        double[] result = Arrays.copyOf(all, values.length);
        for (int i = values.length; i < all.length; i++) {
            int at = i % values.length;
            result[at] = operator.applyAsDouble(result[at], all[i]);
        }
        return result;
    }

    double[] gather(double[] values) {
        try (Scope scope = new Scope()) {
            Tensor shard = Tensors.of(scope, collectives.device(), values, values.length);
            long count = (long) values.length * collectives.size();
            Tensor full = Tensors.empty(scope, collectives.device(), DType.FLOAT64, count);
            collectives.allGather(shard, full).await();
            return full.toDoubleArray();
        }
    }

    byte[][] gather(byte[] message) {
        double[] lengths = gather(new double[] {message.length});
        int longest = (int) Arrays.stream(lengths).max().orElse(0);
        byte[] all = gatherPadded(Arrays.copyOf(message, longest));
        byte[][] messages = new byte[lengths.length][];
        for (int rank = 0; rank < messages.length; rank++) {
            int start = rank * longest;
            messages[rank] = Arrays.copyOfRange(all, start, start + (int) lengths[rank]);
        }
        return messages;
    }

    private byte[] gatherPadded(byte[] padded) {
        try (Scope scope = new Scope()) {
            Tensor shard = Tensors.of(scope, collectives.device(), padded, padded.length);
            long count = (long) padded.length * collectives.size();
            Tensor full = Tensors.empty(scope, collectives.device(), DType.UINT8, count);
            collectives.allGather(shard, full).await();
            return bytes(scope, full);
        }
    }

    byte[] broadcast(byte[] message, int root) {
        boolean sends = collectives.rank() == root;
        int length = (int) gather(new double[] {message.length})[root];
        try (Scope scope = new Scope()) {
            byte[] content = sends ? message : new byte[length];
            Tensor tensor = Tensors.of(scope, collectives.device(), content, length);
            collectives.broadcast(tensor, root).await();
            return bytes(scope, tensor);
        }
    }

    private static byte[] bytes(Scope scope, Tensor tensor) {
        byte[] content = new byte[Math.toIntExact(tensor.numel())];
        Tensors.toCpu(scope, tensor, DType.UINT8).bytes().get(content);
        return content;
    }
}
