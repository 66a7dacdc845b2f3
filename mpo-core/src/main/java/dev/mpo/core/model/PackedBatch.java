package dev.mpo.core.model;

import java.util.List;

/**
 * Several sequences laid end to end in one stream, without padding: what the model reads.
 *
 * @param tiles pixels of all tiles, [numTiles, tileSize, tileSize, 3], in the order in which their placeholders come
 * @param numTiles number of tiles
 * @param tileSize side of a tile in pixels
 * @param ids token ids, [T]
 * @param positions position of each token in its own sequence, [T]
 * @param ropeLengths length of the sequence that each token's rotary scaling goes by, [T]
 * @param imageRows rows of the stream that hold image features, in order
 * @param segments which tokens attend to which; consecutive and covering the stream
 * @param scoredRows row whose hidden state predicts each scored label, ascending within a segment, [M]
 * @param labels the scored labels, [M]
 * @param trim whether the last layer computes only the rows from the first scored one of each segment
 */
public record PackedBatch(
        byte[] tiles,
        int numTiles,
        int tileSize,
        int[] ids,
        int[] positions,
        int[] ropeLengths,
        int[] imageRows,
        List<Segment> segments,
        int[] scoredRows,
        int[] labels,
        boolean trim) {

    /** Checks that the parts fit together. */
    public PackedBatch {
        segments = List.copyOf(segments);
        require(ids.length == positions.length && ids.length == ropeLengths.length, "ids, positions, ropeLengths");
        require(scoredRows.length == labels.length, "scoredRows, labels");
        require(tiles.length == (long) numTiles * tileSize * tileSize * 3, "tiles, numTiles, tileSize");
        int next = 0;
        for (Segment segment : segments) {
            require(segment.start() == next, "segments must be consecutive");
            next = segment.end();
        }
        require(next == ids.length, "segments must cover the stream");
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalArgumentException("inconsistent batch: " + what);
        }
    }

    /** Returns the number of tokens of the stream. */
    public int numTokens() {
        return ids.length;
    }
}
