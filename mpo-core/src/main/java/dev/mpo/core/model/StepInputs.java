package dev.mpo.core.model;

import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A micro-batch on the device, with everything that several layers share. Its tensors belong to the pass's scope. */
final class StepInputs {

    private final PackedBatch batch;
    private final Tensor pixels;
    private final Tensor ids;
    private final Tensor imageRows;
    private final Tensor textRows;
    private final Tensor[] ropeTables;
    private final AttentionPlan plan;
    private final AttentionPlan lastLayerPlan;
    private final Tensor scoredIndex;
    private final Tensor labels;
    private final Tensor none;
    private final Map<Integer, Tensor> dropScales = new HashMap<>();
    private final boolean adapters;
    private final AttentionPlan.Kernel kernel;

    StepInputs(
            Scope scope,
            PackedBatch batch,
            LanguageConfig config,
            DropPath dropPath,
            boolean adapters,
            AttentionPlan.Kernel kernel,
            Device device,
            DType dtype) {
        this.batch = batch;
        this.adapters = adapters;
        this.kernel = kernel;
        this.pixels = Tensors.of(scope, device, batch.tiles(), batch.numTiles(), batch.tileSize(), batch.tileSize(), 3);
        this.ids = Tensors.of(scope, device, batch.ids());
        this.imageRows = Tensors.of(scope, device, batch.imageRows());
        this.textRows = Tensors.of(scope, device, textRows(batch, config.paddingTokenId()));
        this.ropeTables = ropeTables(scope, batch.positions(), batch.ropeLengths(), config, device, dtype);
        this.plan = AttentionPlan.full(scope, batch, kernel, device, dtype);
        this.lastLayerPlan = batch.trim() ? AttentionPlan.scoredOnly(scope, batch, kernel, device, dtype) : plan;
        this.scoredIndex = Tensors.of(scope, device, scoredIndex(batch, lastLayerPlan));
        this.labels = Tensors.of(scope, device, batch.labels());
        this.none = Tensors.zeros(scope, device, dtype, 0);
        for (int layer = 0; layer < dropPath.numLayers(); layer++) {
            for (int branch = 0; branch < 2 && dropPath.rate(layer) > 0; branch++) {
                float[] scale = dropPath.scales(layer, branch, batch.numTiles());
                Tensor single = Tensors.of(scope, device, scale, batch.numTiles(), 1, 1);
                dropScales.put(layer * 2 + branch, Tensors.to(scope, single, dtype));
            }
        }
    }

    private static int[] textRows(PackedBatch batch, int paddingTokenId) {
        Set<Integer> image = new HashSet<>();
        for (int row : batch.imageRows()) {
            image.add(row);
        }
        return java.util.stream.IntStream.range(0, batch.numTokens())
                .filter(row -> !image.contains(row) && batch.ids()[row] != paddingTokenId)
                .toArray();
    }

    /** Computes cosine and sine for each token, [T, 1, d], with the base that belongs to each one's length. */
    static Tensor[] ropeTables(
            Scope scope, int[] positions, int[] ropeLengths, LanguageConfig config, Device device, DType dtype) {
        List<Double> bases = new ArrayList<>();
        int[] group = new int[positions.length];
        for (int t = 0; t < group.length; t++) {
            double base = RotaryBase.of(config, ropeLengths[t]);
            int known = bases.indexOf(base);
            if (known < 0) {
                known = bases.size();
                bases.add(base);
            }
            group[t] = known;
        }
        return ModelOps.OPS.callList(
                scope,
                "rope_tables",
                Tensors.of(scope, device, positions),
                bases.stream().mapToDouble(Double::doubleValue).toArray(),
                Tensors.of(scope, device, group),
                config.headDim(),
                dtype);
    }

    /** Returns the place of each scored row among the rows that the last layer computes. */
    private static int[] scoredIndex(PackedBatch batch, AttentionPlan plan) {
        int[] index = batch.scoredRows().clone();
        if (plan.rows().numel() > 0) {
            Map<Long, Integer> place = new HashMap<>();
            long[] rows = plan.rows().toLongArray();
            for (int i = 0; i < rows.length; i++) {
                place.put(rows[i], i);
            }
            for (int i = 0; i < index.length; i++) {
                index[i] = place.getOrDefault((long) index[i], -1);
            }
        }
        return index;
    }

    /** Whether adapters take part; otherwise the pass goes as if the model had none. */
    boolean adapters() {
        return adapters;
    }

    /**
     * Whether layers use their written-out backward pass and its attention kernel. Otherwise they are computed under
     * autograd.
     */
    boolean writtenOut() {
        return kernel != AttentionPlan.Kernel.MASKS;
    }

    /** Whether attention is the variable-length kernel. */
    boolean varlen() {
        return kernel == AttentionPlan.Kernel.VARLEN;
    }

    /** An empty tensor that stands for an absent one. */
    Tensor none() {
        return none;
    }

    PackedBatch batch() {
        return batch;
    }

    Tensor pixels() {
        return pixels;
    }

    Tensor ids() {
        return ids;
    }

    Tensor imageRows() {
        return imageRows;
    }

    /** Rows whose embedding is a trained table row: neither an image placeholder nor the padding token. */
    Tensor textRows() {
        return textRows;
    }

    Tensor[] ropeTables() {
        return ropeTables;
    }

    AttentionPlan plan() {
        return plan;
    }

    AttentionPlan lastLayerPlan() {
        return lastLayerPlan;
    }

    /** Row of the last layer's output for each scored label, [M]. */
    Tensor scoredIndex() {
        return scoredIndex;
    }

    Tensor labels() {
        return labels;
    }

    /** Factor per tile, [N, 1, 1], on a residual branch; empty if no branch is ever dropped there. */
    Tensor dropScale(int layer, int branch) {
        return dropScales.getOrDefault(layer * 2 + branch, none);
    }
}
