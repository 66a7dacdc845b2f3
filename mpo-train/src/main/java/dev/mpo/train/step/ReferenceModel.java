package dev.mpo.train.step;

import dev.mpo.data.pair.EncodedPair;
import java.util.List;

/** What a step asks of the frozen reference: where its log-probabilities of a micro-batch come from. */
public interface ReferenceModel extends AutoCloseable {

    /** Returns the summed log-probabilities of the answers of some pairs, laid out as given. */
    PairLogps logps(List<EncodedPair> pairs, PackedPairs packed);

    /** Frees what the reference owns. */
    @Override
    void close();
}
