package dev.mpo.train.setup;

import dev.mpo.core.ConfigException;
import dev.mpo.train.config.ParallelSettings;
import dev.mpo.train.config.RunConfig;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings that configuration files may hold and this version does not act on: refused where the run would not be what
 * was asked for, warned of where only a convenience is missing.
 */
public final class UnbuiltSettings {

    private static final Logger LOG = LoggerFactory.getLogger(UnbuiltSettings.class);

    private UnbuiltSettings() {}

    /** Throws a {@link ConfigException} that names every setting that cannot be followed. */
    public static void check(RunConfig settings) {
        List<String> refused = new ArrayList<>();
        if (settings.parallel().shard() != ParallelSettings.Shard.NONE) {
            refused.add("parallel.shard: expected none on one device, got "
                    + settings.parallel().shard());
        }
        if (!refused.isEmpty()) {
            throw new ConfigException("not available in this version: " + String.join("; ", refused));
        }
        warn("parallel.offload", settings.parallel().offload(), "weights and moments stay on the device");
    }

    private static void warn(String setting, boolean used, String instead) {
        if (used) {
            LOG.warn("{} has no effect in this version: {}", setting, instead);
        }
    }
}
