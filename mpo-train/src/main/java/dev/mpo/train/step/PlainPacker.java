package dev.mpo.train.step;

import dev.mpo.data.pair.EncodedPair;
import java.util.List;

/**
 * The layout of the reference trainer: two unrelated sequences per pair, the images encoded for each, and every
 * position scored. Slow, obviously correct, and what the fast layout is tested against.
 *
 * @param imageTokenId id of the image placeholder
 */
public record PlainPacker(int imageTokenId) implements BatchPacker {

    @Override
    public PackedPairs pack(List<EncodedPair> pairs) {
        StreamBuilder stream = new StreamBuilder(imageTokenId);
        for (int i = 0; i < pairs.size(); i++) {
            EncodedPair pair = pairs.get(i);
            add(stream, pair, pair.chosenIds(), pair.chosenLabelSpans(), i, -1);
            add(stream, pair, pair.rejectedIds(), pair.rejectedLabelSpans(), -1, i);
        }
        return stream.build(pairs.size(), false);
    }

    private static void add(
            StreamBuilder stream, EncodedPair pair, int[] sequence, int[][] spans, int chosen, int rejected) {
        stream.addTiles(pair.tiles());
        int start = stream.addSegment(sequence, 0, sequence.length, sequence.length, null)
                .start();
        for (int row = 0; row < sequence.length - 1; row++) {
            boolean labelled = LabelSpans.contains(spans, row + 1);
            stream.addScore(start + row, sequence[row + 1], labelled ? chosen : -1, labelled ? rejected : -1);
        }
    }
}
