package dev.mpo.train.reference;

import dev.mpo.data.pair.EncodedPair;
import dev.mpo.train.step.PackedPairs;
import dev.mpo.train.step.PairLogps;
import java.util.List;

/** Where the reference's log-probabilities of a micro-batch come from. */
public interface ReferenceModel extends AutoCloseable {

    /** Returns the summed log-probabilities of the answers of some pairs, laid out as given. */
    PairLogps logps(List<EncodedPair> pairs, PackedPairs packed);

    /** Frees what the reference owns. */
    @Override
    void close();
}
