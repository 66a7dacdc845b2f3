package dev.mpo.train.step;

import dev.mpo.data.pair.EncodedPair;
import java.util.List;

/** Lays preference pairs out as a stream for the model. */
public interface BatchPacker {

    /** Lays out the pairs of a micro-batch. */
    PackedPairs pack(List<EncodedPair> pairs);
}
