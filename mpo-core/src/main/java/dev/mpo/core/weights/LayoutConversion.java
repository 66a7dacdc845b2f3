package dev.mpo.core.weights;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.core.safetensors.SafetensorsWriter;
import dev.mpo.core.safetensors.SafetensorsWriter.Shard;
import dev.mpo.core.safetensors.StoredTensor;
import dev.mpo.core.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Rewrites a checkpoint's weights in the other layout: the same bytes under other names, packed projections cut or
 * joined by rows. Works from the names in the files, so that the decoder need not be one that this program can run.
 * Bytes are mapped and handed on piece by piece; the division into files stays that of the source.
 */
public final class LayoutConversion {

    private final SafetensorsFolder files;
    private final NameRules rules;
    private final PackedHeads heads;
    private final Map<String, List<Slice>> slices = new LinkedHashMap<>();
    private final Map<String, List<TensorInfo>> planned = new LinkedHashMap<>();

    /** A run of elements of a stored tensor. */
    private record Slice(StoredTensor tensor, long first, long count) {}

    private LayoutConversion(SafetensorsFolder files, boolean internLm2, PackedHeads heads) {
        this.files = files;
        this.rules = NameRules.of(internLm2);
        this.heads = heads;
    }

    /**
     * Writes the weights of a folder in the layout that they are not in.
     *
     * @param files the source
     * @param internLm2 whether the decoder is InternLM2, which the native layout stores unpacked
     * @param heads the decoder's heads; used for InternLM2 alone
     * @param layers how many layers the vision tower and the decoder have, by config.json
     * @param target folder to write to; created if absent
     * @return the number of tensors written
     * @throws CheckpointException if a tensor has no place in the other layout, parts of a packed projection are
     *     missing or misshapen, or a file cannot be written
     */
    public static int write(
            SafetensorsFolder files, boolean internLm2, PackedHeads heads, LayerCounts layers, Path target) {
        LayoutConversion conversion = new LayoutConversion(files, internLm2, heads);
        conversion.refuseQuantised();
        if (layout(files) == Layout.ORIGINAL) {
            conversion.planNative();
        } else {
            conversion.planOriginal();
        }
        WholeLayers.require(files, layers);
        return conversion.write(target);
    }

    /** Returns the layout that a folder's weights are in. */
    public static Layout layout(SafetensorsFolder files) {
        return StoredNames.detectLayout(files);
    }

    /** Returns whether the output head has a tensor of its own. */
    public static boolean storesHead(SafetensorsFolder files) {
        return files.tensors().keySet().stream()
                .anyMatch(name -> name.endsWith("lm_head.weight") || name.equals("language_model.output.weight"));
    }

    private void planNative() {
        List<String> unknown = new ArrayList<>();
        for (StoredTensor tensor : files.tensors().values()) {
            List<String> names = rules.toNative(tensor.name());
            if (names.isEmpty()) {
                unknown.add(tensor.name());
            } else if (names.size() == 1) {
                whole(names.get(0), tensor);
            } else {
                cut(names, tensor);
            }
        }
        refuse(unknown);
    }

    private void whole(String name, StoredTensor tensor) {
        add(
                tensor,
                new TensorInfo(name, tensor.info().type(), tensor.info().shape()),
                List.of(new Slice(tensor, 0, tensor.info().numElements())));
    }

    private void cut(List<String> names, StoredTensor tensor) {
        List<Long> shape = tensor.info().shape();
        long rows = shape.isEmpty() ? 0 : shape.get(0);
        List<List<RowRange>> parts = parts(tensor.name(), rows);
        for (int i = 0; i < names.size(); i++) {
            List<Slice> own = new ArrayList<>();
            long width = tensor.info().numElements() / rows;
            long count = 0;
            for (RowRange range : parts.get(i)) {
                own.add(new Slice(tensor, range.first() * width, range.count() * width));
                count += range.count();
            }
            add(tensor, new TensorInfo(names.get(i), tensor.info().type(), withRows(shape, count)), own);
        }
    }

    /** Returns the rows of queries, keys and values in a packed projection. */
    private List<List<RowRange>> parts(String original, long rows) {
        if (original.startsWith("vision_model.")) {
            long third = rows / 3;
            require(rows > 0 && rows % 3 == 0, original, "three times as many rows as the tower is wide, got " + rows);
            return List.of(
                    List.of(new RowRange(0, third)),
                    List.of(new RowRange(third, third)),
                    List.of(new RowRange(2 * third, third)));
        }
        require(
                rows == heads.packedRows(),
                original,
                heads.packedRows() + " rows, as the heads in config.json make, got " + rows);
        return List.of(heads.rows(0), heads.rows(1), heads.rows(2));
    }

    private void planOriginal() {
        Map<String, String> stored = StoredNames.storedNames(files, Layout.TRANSFORMERS);
        Map<String, StoredTensor[]> packed = new LinkedHashMap<>();
        List<String> unknown = new ArrayList<>();
        stored.forEach((name, spelled) -> rules.toOriginal(name)
                .ifPresentOrElse(
                        place -> {
                            if (place.part() >= 0) {
                                packed.computeIfAbsent(place.original(), original -> new StoredTensor[3])[
                                                place.part()] =
                                        tensor(spelled);
                            }
                        },
                        () -> unknown.add(spelled)));
        refuse(unknown);
        stored.forEach((name, spelled) -> {
            NameRules.Part place = rules.toOriginal(name).orElseThrow();
            StoredTensor tensor = tensor(spelled);
            if (place.part() < 0) {
                whole(place.original(), tensor);
            } else {
                StoredTensor[] parts = packed.remove(place.original());
                if (parts != null) {
                    join(place.original(), parts);
                }
            }
        });
    }

    private StoredTensor tensor(String spelled) {
        StoredTensor tensor = files.tensors().get(spelled);
        if (tensor == null) {
            throw new IllegalStateException("no tensor " + spelled);
        }
        return tensor;
    }

    private void join(String original, StoredTensor[] parts) {
        long rows = 0;
        for (int i = 0; i < parts.length; i++) {
            require(parts[i] != null, original, "parts q, k and v, but " + "qkv".charAt(i) + " is missing");
            TensorInfo info = parts[i].info();
            require(
                    info.type() == parts[0].info().type()
                            && !info.shape().isEmpty()
                            && withRows(info.shape(), 1)
                                    .equals(withRows(parts[0].info().shape(), 1)),
                    original,
                    "parts q, k and v of one number format and width, got " + parts[0].info() + " and " + info);
            rows += info.shape().get(0);
        }
        TensorInfo first = parts[0].info();
        long width = first.numElements() / first.shape().get(0);
        List<List<RowRange>> ranges = parts(original, rows);
        Map<Long, Slice> byRow = new TreeMap<>();
        for (int i = 0; i < parts.length; i++) {
            long row = 0;
            for (RowRange range : ranges.get(i)) {
                byRow.put(range.first(), new Slice(parts[i], row * width, range.count() * width));
                row += range.count();
            }
            require(
                    row == parts[i].info().shape().get(0),
                    original,
                    row + " rows in " + parts[i].name() + ", got "
                            + parts[i].info().shape());
        }
        add(
                parts[0],
                new TensorInfo(original, first.type(), withRows(first.shape(), rows)),
                List.copyOf(byRow.values()));
    }

    private static List<Long> withRows(List<Long> shape, long rows) {
        List<Long> changed = new ArrayList<>(shape);
        changed.set(0, rows);
        return changed;
    }

    /** Plans a tensor in the file that a source tensor is in. */
    private void add(StoredTensor beside, TensorInfo info, List<Slice> parts) {
        if (slices.putIfAbsent(info.name(), parts) != null) {
            throw new CheckpointException(files.folder() + ": two tensors become " + info.name()
                    + " in the other layout. Remove the files that do not belong together.");
        }
        planned.computeIfAbsent(String.valueOf(beside.file().getFileName()), file -> new ArrayList<>())
                .add(info);
    }

    private int write(Path target) {
        try {
            Files.createDirectories(target);
        } catch (IOException e) {
            throw new CheckpointException(target + ": cannot be written: " + e.getMessage(), e);
        }
        List<Shard> shards = planned.entrySet().stream()
                .map(file -> new Shard(file.getKey(), file.getValue()))
                .toList();
        for (Shard shard : shards) {
            SafetensorsWriter.write(target.resolve(shard.fileName()), shard.tensors(), this::copy);
        }
        if (files.sharded()) {
            SafetensorsWriter.writeIndex(target, shards);
        }
        return slices.size();
    }

    private void copy(TensorInfo info, WritableByteChannel channel) throws IOException {
        for (Slice slice : slices.getOrDefault(info.name(), List.of())) {
            slice.tensor().read(slice.first(), slice.count(), (first, bytes) -> writeFully(channel, bytes));
        }
    }

    private static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private void require(boolean condition, String tensor, String expected) {
        if (!condition) {
            throw new CheckpointException(files.folder() + ": tensor " + tensor + ": expected " + expected
                    + ". Take config.json and all weight files from the same place.");
        }
    }

    private void refuseQuantised() {
        for (StoredTensor tensor : files.tensors().values()) {
            if (!tensor.info().type().isWeightType()) {
                throw new CheckpointException(tensor.file() + ": tensor " + tensor.name()
                        + ": expected F32, F16 or BF16, got " + tensor.info().type()
                        + ". A quantised model has no counterpart in the other layout; convert the model that it was"
                        + " made of.");
            }
        }
    }

    private void refuse(List<String> unknown) {
        if (!unknown.isEmpty()) {
            throw new CheckpointException(files.folder() + ": " + unknown.size()
                    + " tensors have no place in the other layout: "
                    + unknown.stream().limit(5).collect(Collectors.joining(", "))
                    + (unknown.size() > 5 ? ", .." : "")
                    + ". Expected the tensors of a vision tower, a projector and a language model alone; merge adapters"
                    + " into their model first.");
        }
    }
}
