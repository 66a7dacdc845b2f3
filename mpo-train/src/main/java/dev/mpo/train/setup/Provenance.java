package dev.mpo.train.setup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mpo.core.ConfigException;
import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.train.config.RunConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/** Where a run came from: program version, machine, seed, and fingerprints of weights and data. */
public final class Provenance {

    private static final int SAMPLED_BYTES = 1 << 20;

    private Provenance() {}

    /** Describes a run as JSON. */
    public static String describe(RunConfig config, Path model, List<PairDataset> datasets) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("started", Instant.now().toString());
        all.put("program", program());
        all.put("java", System.getProperty("java.version") + " " + System.getProperty("java.vendor"));
        all.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        Placement placement = Placement.of(config.train(), 0);
        all.put("device", placement.device().name());
        all.put("compute_type", placement.compute().name().toLowerCase(java.util.Locale.ROOT));
        all.put("threads", TorchRuntime.numThreads());
        all.put("seed", config.train().seed());
        all.put("model", Map.of("path", model.toString(), "files", fingerprints(model)));
        List<Map<String, Object>> data = new ArrayList<>();
        for (PairDataset dataset : datasets) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", dataset.name());
            one.put("rows", dataset.rowCount());
            one.put("pairs_per_epoch", dataset.pairsPerEpoch());
            one.putAll(fingerprint(dataset.entry().annotation()));
            data.add(one);
        }
        all.put("data", data);
        try {
            return JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build()
                    .writeValueAsString(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> program() {
        Properties build = new Properties();
        try (InputStream in = Provenance.class.getResourceAsStream("/dev/mpo/train/build.properties")) {
            if (in != null) {
                build.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.of(
                "version", build.getProperty("version", "unknown"),
                "djl", build.getProperty("djl", "unknown"),
                "libtorch", build.getProperty("libtorch", "unknown"));
    }

    private static List<Map<String, Object>> fingerprints(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".safetensors"))
                    .sorted()
                    .map(Provenance::fingerprint)
                    .toList();
        } catch (IOException e) {
            throw new ConfigException("cannot list " + folder + ": " + e, e);
        }
    }

    /** Hashes a file's first megabyte and its size: enough to tell files apart without reading gigabytes. */
    private static Map<String, Object> fingerprint(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(in.readNBytes(SAMPLED_BYTES));
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("file", file.toString());
            one.put("bytes", Files.size(file));
            one.put("sha256_of_first_mib", HexFormat.of().formatHex(digest.digest()));
            return one;
        } catch (IOException e) {
            throw new ConfigException("cannot read " + file + ": " + e, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
