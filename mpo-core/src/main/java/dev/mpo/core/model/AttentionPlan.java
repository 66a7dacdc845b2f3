package dev.mpo.core.model;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which query rows a layer computes and which keys each of them sees.
 *
 * @param rows rows of the stream that the layer computes, or empty for all, [R]
 * @param segments six numbers per segment: query range among the computed rows, prefix range, key range
 * @param masks additive mask per segment, [queries, keys], or empty where causality alone suffices
 * @param numRows number of computed rows
 */
record AttentionPlan(Tensor rows, long[] segments, Tensor[] masks, int numRows) {

    /** Plans the computation of every row. */
    static AttentionPlan full(Scope scope, PackedBatch batch, Device device, DType dtype) {
        return new Builder(scope, device, dtype).build(batch, batch.segments(), new int[0]);
    }

    /** Plans the computation of the rows from the first to the last scored one of each segment. */
    static AttentionPlan scoredOnly(Scope scope, PackedBatch batch, Device device, DType dtype) {
        List<Segment> ranges = scoredRanges(batch);
        int[] rows = ranges.stream()
                .flatMapToInt(r -> java.util.stream.IntStream.range(r.start(), r.end()))
                .toArray();
        return new Builder(scope, device, dtype).build(batch, ranges, rows);
    }

    /** Returns, for each segment with scored rows, the range from the first to the last of them. */
    private static List<Segment> scoredRanges(PackedBatch batch) {
        List<Segment> ranges = new ArrayList<>();
        for (Segment segment : batch.segments()) {
            int first = Integer.MAX_VALUE;
            int last = -1;
            for (int row : batch.scoredRows()) {
                if (row >= segment.start() && row < segment.end()) {
                    first = Math.min(first, row);
                    last = Math.max(last, row);
                }
            }
            if (last >= 0) {
                ranges.add(new Segment(first, last + 1, segment.prefixStart(), segment.prefixEnd()));
            }
        }
        return ranges;
    }

    private record Builder(Scope scope, Device device, DType dtype, Map<Long, Tensor> cache, Tensor none) {

        Builder(Scope scope, Device device, DType dtype) {
            this(scope, device, dtype, new HashMap<>(), Tensors.zeros(scope, device, dtype, 0));
        }

        AttentionPlan build(PackedBatch batch, List<Segment> queries, int[] rows) {
            long[] numbers = new long[queries.size() * 6];
            Tensor[] masks = new Tensor[queries.size()];
            int computed = 0;
            for (int i = 0; i < masks.length; i++) {
                Segment query = queries.get(i);
                int keyStart = segmentStart(batch, query.start());
                int length = query.end() - query.start();
                int keys = query.end() - keyStart + query.prefixEnd() - query.prefixStart();
                long[] six = {computed, computed + length, query.prefixStart(), query.prefixEnd(), keyStart, query.end()
                };
                System.arraycopy(six, 0, numbers, i * 6, 6);
                masks[i] = length == 1 || length == keys ? none : mask(length, keys);
                computed += length;
            }
            Tensor rowTensor =
                    rows.length == 0 ? Tensors.zeros(scope, device, DType.INT64, 0) : Tensors.of(scope, device, rows);
            return new AttentionPlan(rowTensor, numbers, masks, computed);
        }

        private static int segmentStart(PackedBatch batch, int row) {
            for (Segment segment : batch.segments()) {
                if (row >= segment.start() && row < segment.end()) {
                    return segment.start();
                }
            }
            throw new IllegalArgumentException("row " + row + " is in no segment");
        }

        private Tensor mask(int queries, int keys) {
            return cache.computeIfAbsent(
                    (long) queries << 32 | keys,
                    key -> ModelOps.OPS.call(scope, "causal_mask", queries, keys, dtype, device.name()));
        }
    }
}
