package dev.mpo.core.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Divides attention over segments into pieces that need no mask: runs of keys that every query of a segment sees, its
 * prefix and its own tokens before the first query, and the run of the queries themselves, which is causal.
 *
 * <p>Segments that follow each other and have the same prefix, the two branches of a pair, share one piece over it.
 */
final class AttentionPieces {

    private AttentionPieces() {}

    /**
     * Returns six numbers per piece, see {@link AttentionPlan#pieces}. The first piece of a query comes before its
     * others.
     *
     * @param segments six numbers per segment, see {@link AttentionPlan#segments}
     */
    static long[] of(long[] segments) {
        List<long[]> prefixes = new ArrayList<>();
        List<long[]> own = new ArrayList<>();
        for (int i = 0; i < segments.length; i += 6) {
            long from = segments[i];
            long to = segments[i + 1];
            long prefixStart = segments[i + 2];
            long prefixEnd = segments[i + 3];
            long start = segments[i + 4];
            long end = segments[i + 5];
            long firstQuery = end - (to - from);
            boolean prefixed = prefixEnd > prefixStart;
            if (prefixed) {
                addPrefix(prefixes, from, to, prefixStart, prefixEnd);
            }
            if (firstQuery > start) {
                own.add(new long[] {from, to, start, firstQuery, 0, prefixed ? 0 : 1});
            }
            own.add(new long[] {from, to, firstQuery, end, 1, prefixed || firstQuery > start ? 0 : 1});
        }
        prefixes.addAll(own);
        return prefixes.stream().flatMapToLong(LongStream::of).toArray();
    }

    private static void addPrefix(List<long[]> pieces, long from, long to, long prefixStart, long prefixEnd) {
        if (!pieces.isEmpty()) {
            long[] last = pieces.get(pieces.size() - 1);
            if (last[1] == from && last[2] == prefixStart && last[3] == prefixEnd) {
                last[1] = to;
                return;
            }
        }
        pieces.add(new long[] {from, to, prefixStart, prefixEnd, 0, 1});
    }
}
