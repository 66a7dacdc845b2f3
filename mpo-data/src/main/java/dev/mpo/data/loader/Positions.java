package dev.mpo.data.loader;

/** The positions of a run that a loader delivers, by their place in the order of delivery. */
interface Positions {

    /** Returns whether there is such a place. */
    boolean has(long index);

    /** Returns the position at a place. */
    long at(long index);

    /** Returns every {@code worldSize}-th position from {@code start + rank} on, up to {@code end}. */
    static Positions ofRank(LoaderOptions options) {
        return new Positions() {
            @Override
            public boolean has(long index) {
                return at(index) < options.end();
            }

            @Override
            public long at(long index) {
                return options.start() + options.rank() + index * options.worldSize();
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
