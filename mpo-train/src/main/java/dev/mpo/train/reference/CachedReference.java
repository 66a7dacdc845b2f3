package dev.mpo.train.reference;

import dev.mpo.core.DataException;
import dev.mpo.data.loader.SampleRef;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.train.step.PackedPairs;
import dev.mpo.train.step.PairLogps;
import dev.mpo.train.step.ReferenceModel;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Log-probabilities that were computed before training: no reference model is in memory.
 *
 * <p>Each pair is compared by checksum with the one that was scored, so that an image that was replaced in the meantime
 * is noticed.
 */
public final class CachedReference implements ReferenceModel {

    private final LogpsCache cache;
    private final ToIntFunction<String> datasetIndex;

    /**
     * Creates a reference.
     *
     * @param cache with every row that will be asked for
     * @param datasetIndex place of a data set in the meta file, by its name
     */
    public CachedReference(LogpsCache cache, ToIntFunction<String> datasetIndex) {
        this.cache = cache;
        this.datasetIndex = datasetIndex;
    }

    @Override
    public PairLogps logps(List<EncodedPair> pairs, PackedPairs packed) {
        double[] chosen = new double[pairs.size()];
        double[] rejected = new double[pairs.size()];
        for (int i = 0; i < chosen.length; i++) {
            LogpsRecord record = record(pairs.get(i));
            chosen[i] = record.chosen();
            rejected[i] = record.rejected();
        }
        return new PairLogps(chosen, rejected);
    }

    private LogpsRecord record(EncodedPair pair) {
        SampleRef ref = new SampleRef(datasetIndex.applyAsInt(pair.dataset()), pair.line());
        if (!cache.contains(ref)) {
            throw new IllegalStateException(cache.file() + " has no record of " + pair);
        }
        LogpsRecord record = cache.get(ref);
        int content = PairChecksum.of(pair);
        if (record.content() != content) {
            throw new DataException(
                    "%s: expected the tokens and pixels that the reference was given (checksum %08x), got"
                                    .formatted(pair, record.content())
                            + " others (%08x): the text or an image has changed since; delete %s to compute its"
                                    .formatted(content, cache.file())
                            + " log-probabilities again");
        }
        return record;
    }

    @Override
    public void close() {
        cache.close();
    }
}
