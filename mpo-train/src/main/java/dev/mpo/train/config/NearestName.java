package dev.mpo.train.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the known name that a misspelt one most likely means. */
public final class NearestName {

    private NearestName() {}

    /** The candidate with the smallest edit distance; of equals the first. */
    public static String of(String given, Collection<String> candidates) {
        return candidates.stream()
                .min(Comparator.comparingInt(candidate -> distance(given, candidate)))
                .orElseThrow();
    }

    /** As {@link #of}, but nothing where even the nearest is another word: no suggestion is better than a silly one. */
    public static Optional<String> near(String given, Collection<String> candidates) {
        return candidates.stream()
                .min(Comparator.comparingInt(candidate -> distance(given, candidate)))
                .filter(candidate -> isNear(given, candidate));
    }

    /** As {@link #near}, for dotted paths: a right last part under a wrong or missing parent counts as near. */
    static Optional<String> nearPath(String given, Collection<String> candidates) {
        return candidates.stream()
                .min(Comparator.comparingInt(candidate -> pathDistance(given, candidate)))
                .filter(candidate -> isNear(given, candidate) || isNear(lastPart(given), lastPart(candidate)));
    }

    /** Two letters are wrong, or a third of them. */
    private static boolean isNear(String given, String candidate) {
        int longest = Math.max(given.length(), candidate.length());
        return distance(given, candidate) <= Math.max(Math.min(2, longest / 2), longest / 3);
    }

    private static int pathDistance(String given, String candidate) {
        int whole = 2 * distance(given, candidate);
        int last = 2 * distance(lastPart(given), lastPart(candidate)) + 1;
        return Math.min(whole, last);
    }

    private static String lastPart(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** The fewest insertions, deletions and replacements of a character that turn one text into the other. */
    static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(row[j - 1], above[j]));
            }
            above = row;
        }
        return above[b.length()];
    }
}
