package dev.mpo.train.step;

import dev.mpo.core.model.Segment;
import dev.mpo.data.pair.EncodedPair;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * The fast layout: each pair is one prefix with two branches, its images encoded once, and only labels scored.
 *
 * <p>The prefix is the longest common beginning of the two token sequences, wherever it ends: inside the answers too,
 * when these begin alike. Labels there count for both answers. Tokens after the last one that any label needs are left
 * out.
 *
 * @param imageTokenId id of the image placeholder
 * @param lengthsDiffer tells whether the two lengths of a pair have different rotary frequencies, so that nothing can
 *     be shared; given (chosen length, rejected length)
 */
public record BranchedPacker(int imageTokenId, LengthRule lengthsDiffer) implements BatchPacker {

    /** Tells whether sequences of two lengths have different rotary frequencies. */
    public interface LengthRule {
        /** Returns whether the frequencies differ. */
        boolean test(int chosenLength, int rejectedLength);
    }

    @Override
    public PackedPairs pack(List<EncodedPair> pairs) {
        StreamBuilder stream = new StreamBuilder(imageTokenId);
        for (int i = 0; i < pairs.size(); i++) {
            EncodedPair pair = pairs.get(i);
            if (pair.commonPrefixLength() == 0
                    || lengthsDiffer.test(pair.chosenIds().length, pair.rejectedIds().length)) {
                addApart(stream, pair, i);
            } else {
                addShared(stream, pair, i);
            }
        }
        return stream.build(pairs.size(), true);
    }

    private static void addShared(StreamBuilder stream, EncodedPair pair, int index) {
        stream.addTiles(pair.tiles());
        int[] chosen = pair.chosenIds();
        int[] rejected = pair.rejectedIds();
        int chosenRows = LabelSpans.neededRows(pair.chosenLabelSpans());
        int rejectedRows = LabelSpans.neededRows(pair.rejectedLabelSpans());
        int shared = Math.min(pair.commonPrefixLength(), Math.max(chosenRows, rejectedRows));
        int ropeLength = Math.max(chosen.length, rejected.length);
        Segment prefix = stream.addSegment(chosen, 0, shared, ropeLength, null);
        int common = pair.commonPrefixLength();
        IntPredicate inBoth = t -> t < common && LabelSpans.contains(pair.rejectedLabelSpans(), t);
        for (int t = 1; t <= shared; t++) {
            if (t < chosen.length && LabelSpans.contains(pair.chosenLabelSpans(), t)) {
                stream.addScore(prefix.start() + t - 1, chosen[t], index, inBoth.test(t) ? index : -1);
            }
            boolean counted = inBoth.test(t) && LabelSpans.contains(pair.chosenLabelSpans(), t);
            if (t < rejected.length && !counted && LabelSpans.contains(pair.rejectedLabelSpans(), t)) {
                stream.addScore(prefix.start() + t - 1, rejected[t], -1, index);
            }
        }
        addBranch(stream, chosen, pair.chosenLabelSpans(), shared, chosenRows, ropeLength, prefix, index, -1);
        addBranch(stream, rejected, pair.rejectedLabelSpans(), shared, rejectedRows, ropeLength, prefix, -1, index);
    }

    private static void addBranch(
            StreamBuilder stream,
            int[] sequence,
            int[][] spans,
            int from,
            int to,
            int ropeLength,
            Segment prefix,
            int chosen,
            int rejected) {
        if (to <= from) {
            return;
        }
        int start = stream.addSegment(sequence, from, to, ropeLength, prefix).start();
        for (int t = from + 1; t <= to; t++) {
            if (LabelSpans.contains(spans, t)) {
                stream.addScore(start + t - 1 - from, sequence[t], chosen, rejected);
            }
        }
    }

    private static void addApart(StreamBuilder stream, EncodedPair pair, int index) {
        addWhole(stream, pair, pair.chosenIds(), pair.chosenLabelSpans(), index, -1);
        addWhole(stream, pair, pair.rejectedIds(), pair.rejectedLabelSpans(), -1, index);
    }

    private static void addWhole(
            StreamBuilder stream, EncodedPair pair, int[] sequence, int[][] spans, int chosen, int rejected) {
        stream.addTiles(pair.tiles());
        int rows = Math.max(1, LabelSpans.neededRows(spans));
        int start = stream.addSegment(sequence, 0, rows, sequence.length, null).start();
        for (int t = 1; t <= rows; t++) {
            if (t < sequence.length && LabelSpans.contains(spans, t)) {
                stream.addScore(start + t - 1, sequence[t], chosen, rejected);
            }
        }
    }
}
