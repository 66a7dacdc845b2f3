package dev.mpo.core.model;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether libtorch's variable-length flash attention can be used on a device. It exists on CUDA in half precision, for
 * heads of a multiple of 8 numbers up to 256. Before its first use there, its results and gradients for a small stream
 * of branches and for two tiles are compared with those of the host in single precision; it is not used if it fails or
 * differs. System property {@code mpo.attention=masks} rules it out.
 */
final class VarlenAttention {

    private static final Logger LOG = LoggerFactory.getLogger(VarlenAttention.class);
    private static final String CHOICE = "mpo.attention";
    private static final double TOLERANCE = 0.03;
    private static final int HEAD_MULTIPLE = 8;
    private static final int LARGEST_HEAD = 256;
    private static final Map<String, Boolean> CHECKED = new ConcurrentHashMap<>();

    private VarlenAttention() {}

    static boolean applies(Device device, DType dtype, ModelConfig config) {
        int decoder = config.language().headDim();
        int vision = config.vision().headDim();
        boolean half = dtype == DType.BFLOAT16 || dtype == DType.FLOAT16;
        return !device.isCpu()
                && half
                && fits(decoder)
                && fits(vision)
                && !"masks".equals(System.getProperty(CHOICE))
                && CHECKED.computeIfAbsent(
                        device.name() + dtype + decoder + "," + vision, key -> agrees(device, dtype, decoder, vision));
    }

    private static boolean fits(int headDim) {
        return headDim % HEAD_MULTIPLE == 0 && headDim <= LARGEST_HEAD;
    }

    private static boolean agrees(Device device, DType dtype, int decoder, int vision) {
        try {
            double difference =
                    Math.max(streamDifference(device, dtype, decoder), tileDifference(device, dtype, vision));
            if (difference <= TOLERANCE) {
                return true;
            }
            LOG.warn(
                    "variable-length flash attention on {} differs from the host's by {} of its size: using masks",
                    device.name(),
                    difference);
        } catch (RuntimeException e) {
            LOG.warn(
                    "variable-length flash attention on {} is not available ({}): using masks",
                    device.name(),
                    e.getMessage());
        }
        return false;
    }

    /** Compares a prefix of 37 tokens with branches of 5 and 11, 4 heads over 2. */
    private static double streamDifference(Device device, DType dtype, int headDim) {
        List<Segment> segments = List.of(Segment.whole(0, 37), new Segment(37, 42, 0, 37), new Segment(42, 53, 0, 37));
        int[] ids = new int[53];
        PackedBatch batch =
                new PackedBatch(new byte[0], 0, 1, ids, ids, ids, new int[0], segments, new int[0], new int[0], false);
        return difference(device, dtype, new long[][] {{53, 4, headDim}, {53, 2, headDim}}, (scope, in, host) -> {
            AttentionPlan plan = host
                    ? AttentionPlan.full(scope, batch, AttentionPlan.Kernel.PIECES, Device.CPU, DType.FLOAT32)
                    : AttentionPlan.full(scope, batch, AttentionPlan.Kernel.VARLEN, device, dtype);
            Object[] layout = {plan.pieces(), plan.varlen(), plan.longest()};
            return results(scope, "stream_attention", in, layout);
        });
    }

    /** Compares two tiles of 29 patches, 3 heads. */
    private static double tileDifference(Device device, DType dtype, int headDim) {
        long[][] shapes = {{58, 3L * headDim}, {58, 3L * headDim}};
        return difference(
                device,
                dtype,
                shapes,
                (scope, in, host) -> results(scope, "tile_attention", in, new Object[] {2, 3, !host}));
    }

    /** Attention of q, k, v and the gradients for a gradient of its output: one array for each. */
    private interface Computation {
        List<float[]> of(Scope scope, Tensor[] queriesKeysValuesGradient, boolean host);
    }

    private static List<float[]> results(Scope scope, String operator, Tensor[] in, Object[] layout) {
        Tensor[] forward = ModelOps.OPS.callList(scope, operator, join(new Object[] {in[0], in[1], in[2]}, layout));
        Object[] first = {in[3], in[0], in[1], in[2], forward[0], forward[1], forward[2], forward[3]};
        Tensor[] backward = ModelOps.OPS.callList(scope, operator + "_back", join(first, layout));
        List<float[]> all = new ArrayList<>();
        all.add(forward[0].toFloatArray());
        for (Tensor gradient : backward) {
            all.add(gradient.toFloatArray());
        }
        return all;
    }

    private static Object[] join(Object[] first, Object[] second) {
        List<Object> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(second));
        return all.toArray();
    }

    /** Returns the largest relative difference (L2) between the device and the host. */
    private static double difference(Device device, DType dtype, long[][] shapes, Computation computation) {
        try (Scope scope = new Scope()) {
            Random random = new Random(1);
            Tensor[] onHost = new Tensor[4];
            Tensor[] onDevice = new Tensor[4];
            for (int i = 0; i < onHost.length; i++) {
                boolean keyOrValue = i == 1 || i == 2;
                Tensor drawn = Tensors.to(scope, normal(scope, random, shapes[keyOrValue ? 1 : 0]), dtype);
                onHost[i] = Tensors.to(scope, drawn, DType.FLOAT32);
                onDevice[i] = Tensors.toDevice(scope, drawn, device);
            }
            flattenGradient(scope, onHost);
            flattenGradient(scope, onDevice);
            List<float[]> expected = computation.of(scope, onHost, true);
            List<float[]> found = computation.of(scope, onDevice, false);
            double largest = 0;
            for (int i = 0; i < expected.size(); i++) {
                largest = Math.max(largest, relative(found.get(i), expected.get(i)));
            }
            return largest;
        }
    }

    /** The gradient of the output comes with all heads of a token in one row. */
    private static void flattenGradient(Scope scope, Tensor... in) {
        long rows = in[3].size(0);
        Tensor vector = Tensors.view(scope, in[3], 0, rows, in[3].numel());
        in[3] = Tensors.view(scope, vector, 0, in[3].numel(), rows, in[3].numel() / rows);
    }

    private static double relative(float[] found, float[] expected) {
        double error = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            error += Math.pow(found[i] - expected[i], 2);
            size += Math.pow(expected[i], 2);
        }
        return Math.sqrt(error / size);
    }

    private static Tensor normal(Scope scope, Random random, long... shape) {
        long count = 1;
        for (long extent : shape) {
            count *= extent;
        }
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensors.of(scope, Device.CPU, values, shape);
    }
}
