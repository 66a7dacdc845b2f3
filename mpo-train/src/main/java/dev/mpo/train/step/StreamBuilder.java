package dev.mpo.train.step;

import dev.mpo.core.model.PackedBatch;
import dev.mpo.core.model.Segment;
import dev.mpo.data.image.Tiles;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Collects tokens, segments and scored positions of a stream. */
final class StreamBuilder {

    private final int imageTokenId;
    private final List<Tiles> tiles = new ArrayList<>();
    private final List<Segment> segments = new ArrayList<>();
    private final IntStream.Builder ids = IntStream.builder();
    private final IntStream.Builder positions = IntStream.builder();
    private final IntStream.Builder ropeLengths = IntStream.builder();
    private final IntStream.Builder imageRows = IntStream.builder();
    private final IntStream.Builder scoredRows = IntStream.builder();
    private final IntStream.Builder labels = IntStream.builder();
    private final IntStream.Builder chosenOwner = IntStream.builder();
    private final IntStream.Builder rejectedOwner = IntStream.builder();
    private int length;

    StreamBuilder(int imageTokenId) {
        this.imageTokenId = imageTokenId;
    }

    void addTiles(Tiles more) {
        if (more.count() > 0) {
            tiles.add(more);
        }
    }

    /**
     * Appends tokens [from, to) of a sequence as a segment.
     *
     * @param prefix the segment whose tokens are the sequence's first {@code from}, or null if {@code from} is 0
     * @return the segment
     */
    Segment addSegment(
            int[] sequence, int from, int to, int ropeLength, @org.jspecify.annotations.Nullable Segment prefix) {
        int start = length;
        for (int t = from; t < to; t++) {
            if (sequence[t] == imageTokenId) {
                imageRows.add(length);
            }
            ids.add(sequence[t]);
            positions.add(t);
            ropeLengths.add(ropeLength);
            length++;
        }
        Segment segment = prefix == null
                ? Segment.whole(start, length)
                : new Segment(start, length, prefix.start(), prefix.end());
        segments.add(segment);
        return segment;
    }

    /** Adds a position to be scored; an owner of -1 means that it belongs to no such answer. */
    void addScore(int row, int label, int chosenPair, int rejectedPair) {
        scoredRows.add(row);
        labels.add(label);
        chosenOwner.add(chosenPair);
        rejectedOwner.add(rejectedPair);
    }

    PackedPairs build(int numPairs, boolean trim) {
        Tiles all = tiles.isEmpty() ? Tiles.none(1) : Tiles.concat(tiles);
        PackedBatch batch = new PackedBatch(
                all.pixels(),
                all.count(),
                all.size(),
                ids.build().toArray(),
                positions.build().toArray(),
                ropeLengths.build().toArray(),
                imageRows.build().toArray(),
                segments,
                scoredRows.build().toArray(),
                labels.build().toArray(),
                trim);
        return new PackedPairs(
                batch,
                numPairs,
                chosenOwner.build().toArray(),
                rejectedOwner.build().toArray());
    }
}
