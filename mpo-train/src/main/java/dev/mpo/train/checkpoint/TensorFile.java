package dev.mpo.train.checkpoint;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.json.JsonFile;
import dev.mpo.core.model.ParameterPiece;
import dev.mpo.core.model.ParameterSpec;
import dev.mpo.core.safetensors.SafetensorsHeader;
import dev.mpo.core.safetensors.SafetensorsWriter;
import dev.mpo.core.safetensors.StoredTensor;
import dev.mpo.core.safetensors.StoredType;
import dev.mpo.core.safetensors.TensorInfo;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import dev.mpo.core.weights.ModelParameterStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Safetensors files of parameters by full name, in exactly the type that they have in memory. Values stream through a
 * buffer of a few megabytes.
 *
 * <p>A parameter that lies in one file has its name and shape. Of a parameter that is divided among files, each holds a
 * vector called {@code NAME#FIRST}, where FIRST is the index of its first element in the row-major parameter.
 */
final class TensorFile {

    private static final int BUFFER_BYTES = 8 << 20;
    private static final String FIRST = "#";
    private static final Pattern PART = Pattern.compile("(.*)" + FIRST + "(\\d{1,18})");

    private TensorFile() {}

    /** Writes pieces; their tensors may live anywhere. */
    static void write(Path file, List<ParameterPiece> pieces) {
        Map<String, ParameterPiece> byName = new TreeMap<>();
        List<TensorInfo> infos = new ArrayList<>();
        for (ParameterPiece piece : pieces) {
            String name = piece.whole() ? piece.name() : piece.name() + FIRST + piece.first();
            List<Long> shape = Arrays.stream(piece.values().shape()).boxed().toList();
            infos.add(new TensorInfo(name, type(piece.values().dtype()), shape));
            byName.put(name, piece);
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        SafetensorsWriter.write(file, infos, (info, channel) -> {
            ParameterPiece piece = byName.get(info.name());
            if (piece != null) {
                copy(piece.values(), buffer, channel);
            }
        });
    }

    private static StoredType type(DType type) {
        return switch (type) {
            case FLOAT32 -> StoredType.F32;
            case BFLOAT16 -> StoredType.BF16;
            case FLOAT16 -> StoredType.F16;
            default -> throw new IllegalArgumentException("a parameter of type " + type);
        };
    }

    private static void copy(Tensor tensor, ByteBuffer buffer, WritableByteChannel channel) throws IOException {
        int size = tensor.dtype().numBytes();
        long total = tensor.numel();
        try (Scope all = new Scope()) {
            Tensor flat = tensor.shape().length == 1 ? tensor : Tensors.view(all, tensor, 0, tensor.size(0), total);
            for (long element = 0; element < total; ) {
                long count = Math.min(BUFFER_BYTES / size, total - element);
                try (Scope part = new Scope()) {
                    Tensor run = Tensors.view(part, flat, element, count, count);
                    buffer.clear()
                            .put(Tensors.toCpu(part, run, run.dtype()).bytes())
                            .flip();
                }
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                element += count;
            }
        }
    }

    /**
     * Sets what this process owns of some parameters from files that together hold them.
     *
     * @param files all files among which the parameters are divided
     * @param complete whether the files must hold all parameters of the store; they may never hold others
     * @throws CheckpointException naming what is missing, unknown or of another shape or type
     */
    static void read(List<Path> files, ModelParameterStore store, boolean complete) {
        Map<String, List<Piece>> found = new TreeMap<>();
        for (Path file : files) {
            for (StoredTensor stored : SafetensorsHeader.read(file).tensors()) {
                Piece piece = Piece.of(stored);
                found.computeIfAbsent(piece.parameter, name -> new ArrayList<>())
                        .add(piece);
            }
        }
        found.forEach((name, pieces) -> {
            if (store.contains(name)) {
                pieces.forEach(piece -> piece.requireFit(store));
            }
        });
        requireAll(files, found, store, complete);
        found.values().forEach(pieces -> pieces.forEach(piece -> piece.set(store)));
    }

    private static void requireAll(
            List<Path> files, Map<String, List<Piece>> found, ModelParameterStore store, boolean complete) {
        Map<String, ParameterSpec> specs = store.specs();
        TreeSet<String> missing = new TreeSet<>(complete ? specs.keySet() : found.keySet());
        missing.removeIf(name -> {
            ParameterSpec spec = specs.get(name);
            return spec == null || covers(found.getOrDefault(name, List.of()), spec.numElements());
        });
        TreeSet<String> unknown = found.keySet().stream()
                .filter(name -> !specs.containsKey(name))
                .collect(Collectors.toCollection(TreeSet::new));
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new CheckpointException(files.get(0)
                    + (files.size() > 1 ? " and the " + (files.size() - 1) + " files beside it" : "")
                    + ": expected the trained parameters of this model; missing " + missing + ", beyond them " + unknown
                    + "; resume with the model and the settings of the run");
        }
    }

    /** Whether pieces follow each other from the first element of a parameter to its last. */
    private static boolean covers(List<Piece> pieces, long numElements) {
        long next = 0;
        for (Piece piece : pieces.stream()
                .sorted(Comparator.comparingLong(Piece::start).thenComparingLong(Piece::count))
                .toList()) {
            if (piece.start() != next) {
                return false;
            }
            next += piece.count();
        }
        return next == numElements;
    }

    /**
     * What a stored tensor is a part of.
     *
     * @param first index of its first element, or -1 if it is a whole parameter
     */
    private record Piece(StoredTensor stored, String parameter, long first) {

        static Piece of(StoredTensor stored) {
            Matcher part = PART.matcher(stored.name());
            return part.matches()
                    ? new Piece(stored, part.group(1), Long.parseLong(part.group(2)))
                    : new Piece(stored, stored.name(), -1);
        }

        long start() {
            return Math.max(0, first);
        }

        long count() {
            return stored.info().numElements();
        }

        void requireFit(ModelParameterStore store) {
            ParameterSpec spec = store.spec(parameter);
            boolean fits = first < 0
                    ? stored.info().shape().equals(spec.shape())
                    : count() <= spec.numElements() && first <= spec.numElements() - count();
            if (!fits || stored.info().type() != store.type(parameter)) {
                throw new CheckpointException(stored.file() + ": tensor " + stored.name() + ": expected "
                        + store.type(parameter) + (first < 0 ? "" : " within ")
                        + spec.shape() + ", got "
                        + stored.info().type()
                        + stored.info().shape() + "; resume with the model and the settings of the run");
            }
        }

        void set(ModelParameterStore store) {
            if (!store.owns(parameter, start(), count())) {
                return;
            }
            try {
                stored.read(0, count(), (element, bytes) -> store.write(parameter, start() + element, bytes));
            } catch (IOException e) {
                throw new CheckpointException(
                        stored.file() + ": tensor " + stored.name() + " cannot be read: " + JsonFile.reason(e) + ".",
                        e);
            }
        }
    }
}
