package dev.mpo.core.model;

import java.util.stream.IntStream;

/**
 * Segments as the variable-length attention kernel wants them: one run of queries and one run of keys each, end to end.
 *
 * @param queryEnds running sum of query counts from 0, [segments + 1]
 * @param keyEnds running sum of key counts from 0, [segments + 1]
 * @param keyRows the row of the stream that each key comes from; a prefix is there once per segment that sees it
 * @param mostQueries the most queries of a segment
 * @param mostKeys the most keys of a segment
 */
record VarlenLayout(int[] queryEnds, int[] keyEnds, int[] keyRows, int mostQueries, int mostKeys) {

    /** Lays out segments given by six numbers each, see {@link AttentionPlan}. */
    static VarlenLayout of(long[] segments) {
        int count = segments.length / 6;
        int[] queryEnds = new int[count + 1];
        int[] keyEnds = new int[count + 1];
        IntStream.Builder rows = IntStream.builder();
        int mostQueries = 0;
        int mostKeys = 0;
        for (int i = 0; i < count; i++) {
            int queries = numQueries(segments, i);
            int keys = numKeys(segments, i);
            queryEnds[i + 1] = queryEnds[i] + queries;
            keyEnds[i + 1] = keyEnds[i] + keys;
            mostQueries = Math.max(mostQueries, queries);
            mostKeys = Math.max(mostKeys, keys);
            IntStream.range((int) segments[6 * i + 2], (int) segments[6 * i + 3])
                    .forEach(rows::add);
            IntStream.range((int) segments[6 * i + 4], (int) segments[6 * i + 5])
                    .forEach(rows::add);
        }
        return new VarlenLayout(queryEnds, keyEnds, rows.build().toArray(), mostQueries, mostKeys);
    }

    static int numQueries(long[] segments, int i) {
        return (int) (segments[6 * i + 1] - segments[6 * i]);
    }

    static int numKeys(long[] segments, int i) {
        return (int) (segments[6 * i + 3] - segments[6 * i + 2] + segments[6 * i + 5] - segments[6 * i + 4]);
    }
}
