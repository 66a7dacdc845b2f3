package dev.mpo.data.loader;

/** The positions of a run that a loader delivers, by their place in the order of delivery. */
interface Positions {

    /** Returns whether there is such a place. */
    boolean has(long index);

    /** Returns the position at a place. */
    long at(long index);

    /**
     * Returns the positions of a rank's micro-batches up to {@code end}: pair {@code i} of its micro-batch {@code j} is
     * {@code start + (j worldSize + rank) microBatch + i}.
     */
    static Positions ofRank(LoaderOptions options) {
        return new Positions() {
            @Override
            public boolean has(long index) {
                return at(index) < options.end();
            }

            @Override
            public long at(long index) {
                long turn = index / options.microBatch() * options.worldSize() + options.rank();
                return options.start() + turn * options.microBatch() + index % options.microBatch();
            }
        };
    }

    /** Returns chosen positions. */
    static Positions of(long[] chosen) {
        long[] positions = chosen.clone();
        return new Positions() {
            @Override
            public boolean has(long index) {
                return index < positions.length;
            }

            @Override
            public long at(long index) {
                return positions[Math.toIntExact(index)];
            }
        };
    }
}
