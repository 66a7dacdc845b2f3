package dev.mpo.train.setup;

import dev.mpo.core.ConfigException;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.meta.MetaEntry;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairOptions;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.reference.CacheKey;
import dev.mpo.train.reference.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Collects what the log-probabilities of a reference depend on. Neither paths nor the order of the pairs are in it. */
final class ReferenceKey {

    private static final Set<String> TOKENIZER_FILES = Set.of(
            "tokenizer.json",
            "tokenizer.model",
            "vocab.json",
            "merges.txt",
            "added_tokens.json",
            "special_tokens_map.json",
            "tokenizer_config.json");

    private ReferenceKey() {}

    /**
     * Describes the reference's weights, the annotation files and how rows become pairs.
     *
     * @param policy the folder of the policy, whose tokenizer is used
     * @param reference the folder of the reference
     */
    static CacheKey of(RunConfig settings, PairData data, Path policy, Path reference) {
        TreeMap<String, String> parts = new TreeMap<>();
        parts.put("model", Fingerprint.of(files(reference, ReferenceKey::isModelFile)));
        parts.put("model tokenizer", Fingerprint.of(files(reference, TOKENIZER_FILES::contains)));
        parts.put("tokenizer", Fingerprint.of(files(policy, TOKENIZER_FILES::contains)));
        addData(parts, data.datasets());
        addPreprocessing(parts, settings, data);
        Placement placement = Placement.of(settings.train(), 0);
        String type = placement.compute().name().toLowerCase(Locale.ROOT);
        parts.put("precision", type + (placement.device().isCpu() ? " on the CPU" : " on a GPU"));
        return new CacheKey(parts);
    }

    private static boolean isModelFile(String name) {
        return name.endsWith(".safetensors") || name.equals("config.json");
    }

    private interface NameFilter {
        boolean accepts(String name);
    }

    private static List<Path> files(Path folder, NameFilter filter) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> filter.accepts(String.valueOf(file.getFileName())))
                    .toList();
        } catch (IOException e) {
            throw new ConfigException("cannot list " + folder + ": " + e, e);
        }
    }

    private static void addData(Map<String, String> parts, List<PairDataset> datasets) {
        for (int i = 0; i < datasets.size(); i++) {
            MetaEntry entry = datasets.get(i).entry();
            if (entry.dataAugment()) {
                throw new ConfigException(entry.where() + ": data_augment re-encodes the images anew at every use, so"
                        + " the reference's log-probabilities differ from use to use and cannot be cached: set"
                        + " data_augment to false there, or reference.mode=copy");
            }
            String limit = entry.maxDynamicPatch().isPresent()
                    ? String.valueOf(entry.maxDynamicPatch().getAsInt())
                    : "the run's";
            String content = Fingerprint.ofContent(entry.annotation());
            parts.put("data " + i, entry.name() + ", max_dynamic_patch " + limit + ", " + content);
        }
    }

    private static void addPreprocessing(Map<String, String> parts, RunConfig settings, PairData data) {
        PairOptions options = data.encoder().options();
        TileOptions tiles = options.tiles();
        parts.put("model.image_size", String.valueOf(tiles.imageSize()));
        parts.put("data.min_dynamic_patch", String.valueOf(tiles.minTiles()));
        parts.put("data.max_dynamic_patch", String.valueOf(tiles.maxTiles()));
        parts.put("data.use_thumbnail", String.valueOf(tiles.useThumbnail()));
        parts.put("dynamic_image_size", String.valueOf(tiles.dynamic()));
        parts.put("image tokens per tile", String.valueOf(options.imageTokensPerTile()));
        parts.put("data.max_seq_length", String.valueOf(options.maxSequenceLength()));
        parts.put("data.on_too_long", options.onTooLong().name().toLowerCase(Locale.ROOT));
        parts.put("data.video.min_num_frame", String.valueOf(options.videos().minFrames()));
        parts.put("data.video.max_num_frame", String.valueOf(options.videos().maxFrames()));
        parts.put("data.template", data.template());
        parts.put("engine.mode", settings.engine().mode().name().toLowerCase(Locale.ROOT));
    }
}
