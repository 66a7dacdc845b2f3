package dev.mpo.train.setup;

import dev.mpo.core.ConfigException;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.data.loader.SampleOrder;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.ranks.Collectives;
import dev.mpo.train.ranks.Team;
import dev.mpo.train.reference.AdapterReference;
import dev.mpo.train.reference.CacheKey;
import dev.mpo.train.reference.CachedReference;
import dev.mpo.train.reference.LogpsCache;
import dev.mpo.train.shard.ParameterExchange;
import dev.mpo.train.step.ReferenceModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps by which {@code reference.mode=cached} gets its log-probabilities, so that never two models are in memory:
 * a reference with a folder of its own is loaded, used and freed before the policy is loaded; otherwise the policy with
 * the weights of its folder is the reference.
 */
final class ReferenceCaching implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ReferenceCaching.class);

    private final RunConfig settings;
    private final ModelFolder policyFolder;
    private final PairData data;
    private final ReferenceProgress progress;
    private final Team team;
    private final ParameterExchange exchange;
    private final Supplier<LogpsCache> opening;
    private final Optional<LogpsCache> cache;
    private final ReferenceScoring scoring;
    private final long[] missing;

    private ReferenceCaching(
            RunConfig settings,
            ModelFolder policyFolder,
            PairData data,
            Supplier<LogpsCache> opening,
            Team team,
            ParameterExchange exchange,
            ReferenceProgress progress) {
        this.settings = settings;
        this.policyFolder = policyFolder;
        this.data = data;
        this.progress = progress;
        this.team = team;
        this.exchange = exchange;
        this.opening = opening;
        AtomicReference<@Nullable LogpsCache> own = new AtomicReference<>();
        team.first(() -> own.set(opening.get()));
        this.cache = Optional.ofNullable(own.get());
        SampleOrder order = data.trainingOrder();
        long end = RunLength.of(settings.train(), order.size(), team.size()).pairs();
        this.scoring = new ReferenceScoring(data, order, end, cache, team);
        this.missing = scoring.missing();
        if (missing.length == 0) {
            cache.ifPresent(file ->
                    LOG.info("all log-probabilities of the reference that this run needs are in {}", file.file()));
        }
    }

    /** Opens the cache that belongs to the settings. The ranks share the work; the first one writes the file. */
    static ReferenceCaching open(
            RunConfig settings,
            ModelFolder policyFolder,
            PairData data,
            @Nullable Path runFolder,
            Collectives collectives,
            ParameterExchange exchange,
            ReferenceProgress progress) {
        String shared = settings.reference().cache();
        Path folder = shared == null ? runFolder : Path.of(shared);
        if (folder == null) {
            throw new ConfigException("reference.cache: expected a folder for the log-probabilities of"
                    + " reference.mode=cached, got nothing: set it, or give the run an output folder");
        }
        String path = settings.reference().path();
        Path reference = path == null ? policyFolder.path() : Path.of(path);
        CacheKey key = ReferenceKey.of(settings, data, policyFolder.path(), reference);
        List<Integer> rows = data.datasets().stream().map(PairDataset::rowCount).toList();
        return new ReferenceCaching(
                settings,
                policyFolder,
                data,
                () -> LogpsCache.open(folder, key, rows),
                new Team(collectives),
                exchange,
                progress);
    }

    /** Computes what is missing with the model of {@code reference.path}, if there is one. */
    void computeFromOwnFolder() {
        String path = settings.reference().path();
        if (path == null || missing.length == 0) {
            return;
        }
        try (ReferenceModel reference = Models.copy(
                settings, policyFolder, Path.of(path), team.collectives().ranks(), exchange)) {
            compute(reference);
        }
    }

    /** Computes what is missing with the freshly loaded policy, its adapters left out, if that is the reference. */
    void computeFrom(VisionLanguageModel policy) {
        if (settings.reference().path() == null && missing.length > 0) {
            compute(new AdapterReference(policy));
        }
    }

    private void compute(ReferenceModel reference) {
        scoring.run(missing, reference, Training.packer(settings, policyFolder, data), progress);
    }

    /** Returns the reference, to be called once everything is computed. It stays valid when this is closed. */
    CachedReference reference() {
        cache.ifPresent(LogpsCache::close);
        team.barrier();
        return new CachedReference(cache.orElseGet(this::complete), data::indexOf);
    }

    /** Reads what the first rank has written. */
    private LogpsCache complete() {
        try (LogpsCache read = opening.get()) {
            return read;
        }
    }

    /** Lets other processes at the file. */
    @Override
    public void close() {
        cache.ifPresent(LogpsCache::close);
    }
}
