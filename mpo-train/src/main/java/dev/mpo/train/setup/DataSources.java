package dev.mpo.train.setup;

import dev.mpo.core.ConfigException;
import dev.mpo.data.meta.MetaEntry;
import dev.mpo.data.meta.MetaFile;
import dev.mpo.data.meta.PathMap;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.train.config.DataSettings;
import dev.mpo.train.config.NearestName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The data sets that {@code data.meta} lists, as {@code data.path_map} and {@code data.repeat_time} change them. */
public final class DataSources {

    private static final Logger LOG = LoggerFactory.getLogger(DataSources.class);

    private DataSources() {}

    /**
     * Reads the meta files.
     *
     * @throws ConfigException if there is none, or {@code data.repeat_time} names a data set that none of them has
     * @throws dev.mpo.core.DataException if one is missing or malformed
     */
    public static List<MetaEntry> entries(DataSettings data) {
        if (data.meta().isEmpty()) {
            throw new ConfigException("no meta file: give --meta FILE, or data.meta in a configuration file");
        }
        Map<String, MetaEntry> entries = new LinkedHashMap<>();
        MetaFile.load(data.meta().stream().map(Path::of).toList(), new PathMap(data.pathMap()))
                .forEach(entry -> entries.put(entry.name(), entry));
        List<String> unknown = new ArrayList<>();
        data.repeatTime().forEach((name, times) -> {
            MetaEntry entry = entries.get(name);
            if (entry == null) {
                unknown.add("data.repeat_time." + name + ": no data set has this name; the nearest is "
                        + NearestName.of(name, entries.keySet()) + "; all: " + String.join(", ", entries.keySet()));
            } else {
                LOG.info("{}.repeat_time: {} in place of {}", entry.where(), times, entry.repeatTime());
                entries.put(name, entry.withRepeatTime(times));
            }
        });
        if (!unknown.isEmpty()) {
            throw new ConfigException(String.join(System.lineSeparator(), unknown));
        }
        return List.copyOf(entries.values());
    }

    /** Reads the meta files and opens every data set in them, in order; the caller closes each. */
    public static List<PairDataset> open(DataSettings data) {
        return PairDataset.openAll(
                entries(data), new PathMap(data.pathMap()), data.urls().options());
    }
}
