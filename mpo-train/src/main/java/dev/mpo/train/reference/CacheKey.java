package dev.mpo.train.reference;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that cached log-probabilities depend on, by name: fingerprints of files and values of settings.
 *
 * @param parts name to value, for instance {@code precision} to {@code float32}
 */
public record CacheKey(SortedMap<String, String> parts) {

    /** Copies the parts. */
    public CacheKey {
        parts = new TreeMap<>(parts);
    }

    /** Returns a SHA-256 of all parts, 64 hexadecimal digits. */
    public String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            parts.forEach((name, value) -> {
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
                digest.update(value.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the names of the parts in which another key differs from this one. */
    public List<String> differences(CacheKey other) {
        List<String> names = new ArrayList<>();
        parts.forEach((name, value) -> {
            if (!value.equals(other.parts.get(name))) {
                names.add(name);
            }
        });
        other.parts.keySet().stream().filter(name -> !parts.containsKey(name)).forEach(names::add);
        return names;
    }
}
