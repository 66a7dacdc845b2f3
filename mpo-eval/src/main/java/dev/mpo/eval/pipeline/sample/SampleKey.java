package dev.mpo.eval.pipeline.sample;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What rows of one question have in common, as a number that differs for different questions but for one in 2^64. */
final class SampleKey {

    private static final long PRIME = 0x100000001b3L;

    private SampleKey() {}

    /** Hashes some fields of a row; an absent field, null and an empty text or list are the same. */
    static long of(ObjectNode row, List<String> fields) {
        long hash = 0xcbf29ce484222325L;
        for (String field : fields) {
            JsonNode value = row.path(field);
            boolean none = value.isMissingNode()
                    || value.isNull()
                    || (value.isTextual() && value.textValue().isEmpty())
                    || (value.isArray() && value.isEmpty());
            hash = mix(hash, none ? "" : value.toString());
        }
        return hash;
    }

    /** Returns the seed of a question's samples. */
    static long seed(long seed, long key) {
        return finish(seed + finish(key));
    }

    private static long mix(long seed, String text) {
        long hash = seed;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        return finish(hash ^ text.length());
    }

    private static long finish(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
