package dev.mpo.core.model;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which query rows a layer computes and which keys each of them sees, for whichever attention kernel there is.
 *
 * <p>There are three {@linkplain Kernel kernels}: pieces without masks, segments with masks, and all segments in one
 * call of variable-length attention, each with its prefix gathered in front of its own keys; the latter aligns
 * causality at the last query and the last key, which is what a branch needs.
 *
 * @param rows rows of the stream that the layer computes, or empty for all, [R]
 * @param segments six numbers per segment: query range among the computed rows, prefix range, key range
 * @param pieces six numbers per piece: query range among the computed rows, key range among all rows, 1 if causality
 *     aligns their ends (else every query sees every key), 1 if it is the first piece of these queries
 * @param masks additive mask per segment, [queries, keys], or empty where causality alone suffices
 * @param varlen for the variable-length kernel: running sums of query and of key counts, [segments + 1], and the row of
 *     each key; none for the other
 * @param longest for the variable-length kernel: bounds of the queries and of the keys of a segment
 */
record AttentionPlan(Tensor rows, long[] segments, long[] pieces, Tensor[] masks, Tensor[] varlen, long[] longest) {

    /**
     * What the variable-length kernel is told at least: at one query per segment libtorch takes another path, which
     * exchanges queries and heads and is none that {@link VarlenAttention} checks.
     */
    private static final long FEWEST_QUERIES = 2;

    /** How attention over a packed stream is computed. */
    enum Kernel {
        /** Fused attention by pieces, whose results are merged by log-sum-exp, with a backward pass of its own. */
        PIECES,
        /** Fused attention by segment under autograd, with a mask where plain causality does not say it. */
        MASKS,
        /** Variable-length attention, with a backward pass of its own. */
        VARLEN;

        /** Returns the kernel for a device, an element type and a model. */
        static Kernel of(Device device, DType dtype, ModelConfig config) {
            if (device.isCpu()) {
                return PIECES;
            }
            return VarlenAttention.applies(device, dtype, config) ? VARLEN : MASKS;
        }
    }

    /** Plans the computation of every row. */
    static AttentionPlan full(Scope scope, PackedBatch batch, Kernel kernel, Device device, DType dtype) {
        return new Builder(scope, kernel, device, dtype).build(batch, batch.segments(), new int[0]);
    }

    /** Plans the computation of the rows from the first to the last scored one of each segment. */
    static AttentionPlan scoredOnly(Scope scope, PackedBatch batch, Kernel kernel, Device device, DType dtype) {
        List<Segment> ranges = scoredRanges(batch);
        int[] rows = ranges.stream()
                .flatMapToInt(r -> IntStream.range(r.start(), r.end()))
                .toArray();
        return new Builder(scope, kernel, device, dtype).build(batch, ranges, rows);
    }

    /** Returns, for each segment with scored rows, the range from the first to the last of them. */
    private static List<Segment> scoredRanges(PackedBatch batch) {
        List<Segment> ranges = new ArrayList<>();
        for (Segment segment : batch.segments()) {
            int[] scored = IntStream.of(batch.scoredRows())
                    .filter(row -> row >= segment.start() && row < segment.end())
                    .toArray();
            if (scored.length > 0) {
                int first = IntStream.of(scored).min().getAsInt();
                int last = IntStream.of(scored).max().getAsInt();
                ranges.add(new Segment(first, last + 1, segment.prefixStart(), segment.prefixEnd()));
            }
        }
        return ranges;
    }

    private record Builder(
            Scope scope, Kernel kernel, Device device, DType dtype, Map<Long, Tensor> cache, Tensor none) {

        Builder(Scope scope, Kernel kernel, Device device, DType dtype) {
            this(scope, kernel, device, dtype, new HashMap<>(), Tensors.zeros(scope, device, dtype, 0));
        }

        AttentionPlan build(PackedBatch batch, List<Segment> queries, int[] rows) {
            long[] segments = segments(batch, queries);
            Tensor rowTensor =
                    rows.length == 0 ? Tensors.zeros(scope, device, DType.INT64, 0) : Tensors.of(scope, device, rows);
            long[] pieces = AttentionPieces.of(segments);
            if (kernel == Kernel.VARLEN) {
                VarlenLayout layout = VarlenLayout.of(segments);
                long[] longest = {Math.max(FEWEST_QUERIES, layout.mostQueries()), layout.mostKeys()};
                return new AttentionPlan(rowTensor, segments, pieces, new Tensor[0], varlen(layout), longest);
            }
            return new AttentionPlan(rowTensor, segments, pieces, masks(segments), new Tensor[0], new long[0]);
        }

        private static long[] segments(PackedBatch batch, List<Segment> queries) {
            long[] numbers = new long[queries.size() * 6];
            int computed = 0;
            for (int i = 0; i < queries.size(); i++) {
                Segment query = queries.get(i);
                int length = query.end() - query.start();
                long[] six = {
                    computed,
                    computed + length,
                    query.prefixStart(),
                    query.prefixEnd(),
                    segmentStart(batch, query.start()),
                    query.end()
                };
                System.arraycopy(six, 0, numbers, i * 6, 6);
                computed += length;
            }
            return numbers;
        }

        private static int segmentStart(PackedBatch batch, int row) {
            for (Segment segment : batch.segments()) {
                if (row >= segment.start() && row < segment.end()) {
                    return segment.start();
                }
            }
            throw new IllegalArgumentException("row " + row + " is in no segment");
        }

        private Tensor[] masks(long[] segments) {
            Tensor[] masks = new Tensor[segments.length / 6];
            for (int i = 0; i < masks.length; i++) {
                int queries = VarlenLayout.numQueries(segments, i);
                int keys = VarlenLayout.numKeys(segments, i);
                boolean plain = kernel == Kernel.PIECES || queries == 1 || queries == keys;
                masks[i] = plain ? none : mask(queries, keys);
            }
            return masks;
        }

        private Tensor mask(int queries, int keys) {
            return cache.computeIfAbsent(
                    (long) queries << 32 | keys,
                    key -> ModelOps.OPS.call(scope, "causal_mask", queries, keys, dtype, device.name()));
        }

        private Tensor[] varlen(VarlenLayout layout) {
            return new Tensor[] {
                int32(layout.queryEnds()), int32(layout.keyEnds()), Tensors.of(scope, device, layout.keyRows())
            };
        }

        private Tensor int32(int[] values) {
            return Tensors.to(scope, Tensors.of(scope, device, values), DType.INT32);
        }
    }
}
