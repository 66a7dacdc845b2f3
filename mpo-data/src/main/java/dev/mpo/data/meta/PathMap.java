package dev.mpo.data.meta;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * Rewrites the beginnings of paths, so that a meta file with the paths of another machine can be used as it is.
 *
 * <p>A prefix matches whole path elements ({@code /data/a} matches {@code /data/a/x.jsonl} but not
 * {@code /data/ab.jsonl}) unless it ends in a separator itself, as {@code s3://bucket/} does. The longest match wins
 * and is applied once.
 *
 * @param prefixes old beginning to new beginning
 */
public record PathMap(Map<String, String> prefixes) {

    /** Copies the map. */
    public PathMap {
        prefixes = Map.copyOf(prefixes);
    }

    /** Returns the map that changes nothing. */
    public static PathMap none() {
        return new PathMap(Map.of());
    }

    /** Returns the path with its longest matching beginning replaced, or the path itself. */
    public String apply(String path) {
        Optional<Map.Entry<String, String>> best = prefixes.entrySet().stream()
                .filter(entry -> matches(path, entry.getKey()))
                .max(Comparator.comparingInt(entry -> entry.getKey().length()));
        return best.map(entry ->
                        entry.getValue() + path.substring(entry.getKey().length()))
                .orElse(path);
    }

    private static boolean matches(String path, String prefix) {
        if (!path.startsWith(prefix)) {
            return false;
        }
        return path.length() == prefix.length()
                || prefix.endsWith("/")
                || prefix.isEmpty()
                || path.charAt(prefix.length()) == '/';
    }
}
