package dev.mpo.data.check;

import java.util.List;

/** A 64-bit hash of strings; equal hashes are to be confirmed by comparing what was hashed. */
final class Hash64 {

    private static final long PRIME = 0x9E3779B97F4A7C15L;

    private Hash64() {}

    /** Returns the hash of some strings in order. */
    static long of(List<String> parts) {
        long hash = parts.size();
        for (String part : parts) {
            for (int i = 0; i < part.length(); i++) {
                hash = (hash ^ part.charAt(i)) * PRIME;
                hash ^= hash >>> 29;
            }
            hash = mix(hash + part.length());
        }
        return hash;
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
