package dev.mpo.core.model;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether libtorch's variable-length flash attention can be used on a device. It exists on CUDA in half precision;
 * before its first use there it is compared with the masked computation on a small stream of branches, and not used if
 * it fails or differs.
 */
final class VarlenAttention {

    private static final Logger LOG = LoggerFactory.getLogger(VarlenAttention.class);
    private static final double TOLERANCE = 0.05;
    private static final Map<String, Boolean> CHECKED = new ConcurrentHashMap<>();
    private static final ThreadLocal<Boolean> CHECKING = ThreadLocal.withInitial(() -> false);

    private VarlenAttention() {}

    static boolean applies(Device device, DType dtype) {
        boolean half = dtype == DType.BFLOAT16 || dtype == DType.FLOAT16;
        return !device.isCpu()
                && half
                && !CHECKING.get()
                && CHECKED.computeIfAbsent(device.name() + dtype, key -> agrees(device, dtype));
    }

    private static boolean agrees(Device device, DType dtype) {
        CHECKING.set(true);
        try (Scope scope = new Scope()) {
            double difference = difference(scope, device, dtype);
            if (difference <= TOLERANCE) {
                return true;
            }
            LOG.warn(
                    "variable-length flash attention on {} differs from the masked computation by {}: using the latter",
                    device.name(),
                    difference);
        } catch (RuntimeException e) {
            LOG.warn(
                    "variable-length flash attention on {} is not available ({}): using masks",
                    device.name(),
                    e.getMessage());
        } finally {
            CHECKING.remove();
        }
        return false;
    }

    /** Returns the largest difference on a prefix of 37 tokens with branches of 5 and 11, 4 heads over 2. */
    private static double difference(Scope scope, Device device, DType dtype) {
        List<Segment> segments = List.of(Segment.whole(0, 37), new Segment(37, 42, 0, 37), new Segment(42, 53, 0, 37));
        int[] ids = new int[53];
        PackedBatch batch =
                new PackedBatch(new byte[0], 0, 1, ids, ids, ids, new int[0], segments, new int[0], new int[0], false);
        AttentionPlan masked = AttentionPlan.full(scope, batch, AttentionPlan.Kernel.MASKS, device, dtype);
        VarlenLayout layout = VarlenLayout.of(masked.segments());
        Tensor[] varlen = {
            Tensors.to(scope, Tensors.of(scope, device, layout.queryEnds()), DType.INT32),
            Tensors.to(scope, Tensors.of(scope, device, layout.keyEnds()), DType.INT32),
            Tensors.of(scope, device, layout.keyRows())
        };
        long[] longest = {layout.mostQueries(), layout.mostKeys()};
        Random random = new Random(1);
        Tensor q = normal(scope, random, device, dtype, 53, 4, 64);
        Tensor k = normal(scope, random, device, dtype, 53, 2, 64);
        Tensor v = normal(scope, random, device, dtype, 53, 2, 64);
        float[] expected = ModelOps.OPS
                .call(scope, "segment_attention", q, k, v, masked.segments(), masked.masks())
                .toFloatArray();
        float[] found = ModelOps.OPS
                .call(scope, "varlen_attention", q, k, v, varlen, longest)
                .toFloatArray();
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i] - found[i]));
        }
        return largest;
    }

    private static Tensor normal(Scope scope, Random random, Device device, DType dtype, long... shape) {
        float[] values = new float[(int) (shape[0] * shape[1] * shape[2])];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensors.to(scope, Tensors.of(scope, device, values, shape), dtype);
    }
}
