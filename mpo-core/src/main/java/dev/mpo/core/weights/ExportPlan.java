package dev.mpo.core.weights;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.core.safetensors.SafetensorsWriter.Shard;
import dev.mpo.core.safetensors.StoredTensor;
import dev.mpo.core.safetensors.StoredType;
import dev.mpo.core.safetensors.TensorInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Which tensor goes into which file, and what it holds. */
record ExportPlan(List<Shard> shards, Map<String, TensorMapping> mappings) {

    ExportPlan {
        shards = List.copyOf(shards);
        mappings = Map.copyOf(mappings);
    }

    /** The source's files, names, order and number formats; only shapes may differ. */
    static ExportPlan likeSource(Checkpoint source, ModelConfig config) {
        requireSameParameters(source, config);
        Map<String, TensorMapping> current = new HashMap<>();
        TensorNames.mappings(config, source.layout()).forEach(mapping -> current.put(mapping.storedName(), mapping));
        Map<String, TensorMapping> mappings = new HashMap<>();
        Map<String, List<TensorInfo>> files = new LinkedHashMap<>();
        for (StoredTensor tensor : source.tensors()) {
            TensorMapping mapping =
                    Objects.requireNonNull(current.get(source.mapping(tensor).storedName()));
            mappings.put(tensor.name(), mapping);
            files.computeIfAbsent(fileName(tensor.file()), name -> new ArrayList<>())
                    .add(new TensorInfo(tensor.name(), tensor.info().type(), mapping.storedShape()));
        }
        List<Shard> shards = new ArrayList<>();
        files.forEach((name, tensors) -> shards.add(new Shard(name, tensors)));
        return new ExportPlan(shards, mappings);
    }

    /** The layout's current names in new files; every parameter keeps the number format that it had in the source. */
    static ExportPlan resharded(Checkpoint source, ModelConfig config, Layout layout, long maxShardBytes) {
        requireSameParameters(source, config);
        Map<String, StoredType> types = new HashMap<>();
        for (StoredTensor tensor : source.tensors()) {
            types.put(source.mapping(tensor).parameter(), tensor.info().type());
        }
        Map<String, TensorMapping> mappings = new LinkedHashMap<>();
        List<TensorInfo> tensors = new ArrayList<>();
        for (TensorMapping mapping : TensorNames.mappings(config, layout)) {
            StoredType type = Objects.requireNonNull(types.get(mapping.parameter()));
            mappings.put(mapping.storedName(), mapping);
            tensors.add(new TensorInfo(mapping.storedName(), type, mapping.storedShape()));
        }
        long limit = source.sharded() ? maxShardBytes : Long.MAX_VALUE;
        return new ExportPlan(named(divided(tensors, limit)), mappings);
    }

    private static void requireSameParameters(Checkpoint source, ModelConfig config) {
        if (config.language().tieWordEmbeddings() != source.config().language().tieWordEmbeddings()) {
            throw new IllegalArgumentException("the output head cannot be tied or untied between load and save");
        }
    }

    private static List<List<TensorInfo>> divided(List<TensorInfo> tensors, long maxShardBytes) {
        List<List<TensorInfo>> shards = new ArrayList<>();
        long filled = Long.MAX_VALUE;
        for (TensorInfo tensor : tensors) {
            if (filled > maxShardBytes - tensor.numBytes() || shards.isEmpty()) {
                shards.add(new ArrayList<>());
                filled = 0;
            }
            shards.get(shards.size() - 1).add(tensor);
            filled += tensor.numBytes();
        }
        // Wide types first keeps every tensor of a mixed file aligned to its own element size.
        shards.forEach(shard -> shard.sort(
                Comparator.comparingInt((TensorInfo tensor) -> -tensor.type().numBytes())));
        return shards;
    }

    private static List<Shard> named(List<List<TensorInfo>> shards) {
        if (shards.size() == 1) {
            return List.of(new Shard(SafetensorsFolder.SINGLE_FILE, shards.get(0)));
        }
        List<Shard> named = new ArrayList<>();
        for (int i = 0; i < shards.size(); i++) {
            named.add(new Shard(String.format("model-%05d-of-%05d.safetensors", i + 1, shards.size()), shards.get(i)));
        }
        return named;
    }

    private static String fileName(Path file) {
        return String.valueOf(file.getFileName());
    }
}
