package dev.mpo.eval.pipeline.pairs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.eval.judge.text.PythonText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Sets the right responses to one key against others.
 *
 * <p>Every right response meets every other one, in the order of their lines. A pair is skipped where the right answer
 * is contained in the other (ignoring case), since then the other is hardly wrong, and where the same two texts were
 * paired before. Of more pairs than are wanted a pseudo-random choice stays, in order: each pair draws a number from
 * its key, the seed and its two positions, and the lowest numbers win. The choice for a key therefore depends on the
 * responses to that key alone.
 */
final class PairMaker {

    private static final long SEED = 0;

    private final int pairsPerKey;
    private final boolean allowEntailment;

    PairMaker(int pairsPerKey, boolean allowEntailment) {
        this.pairsPerKey = pairsPerKey;
        this.allowEntailment = allowEntailment;
    }

    private record Candidate(long draw, int right, int other) {}

    /** Returns the pairs of a key, and counts what was left out. */
    List<ObjectNode> pairs(List<JudgedResponse> right, List<JudgedResponse> others, PairCounts counts) {
        if (right.isEmpty() || others.isEmpty()) {
            return List.of();
        }
        long key = right.get(0).sampled().key().hash();
        PriorityQueue<Candidate> kept =
                new PriorityQueue<>(Comparator.comparingLong(Candidate::draw).reversed());
        int[] rightTexts = numbered(right);
        int[] otherTexts = numbered(others);
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < right.size(); i++) {
            for (int j = 0; j < others.size(); j++) {
                if (!allowEntailment && entails(right.get(i), others.get(j))) {
                    counts.entailed++;
                } else if (!seen.add(joined(rightTexts[i], otherTexts[j]))) {
                    counts.duplicates++;
                } else {
                    kept.add(new Candidate(draw(key, i, j), i, j));
                    if (kept.size() > pairsPerKey) {
                        kept.poll();
                        counts.leftOut++;
                    }
                }
            }
        }
        List<Candidate> ordered = new ArrayList<>(kept);
        ordered.sort(Comparator.comparingInt(Candidate::right).thenComparingInt(Candidate::other));
        return ordered.stream()
                .map(pair -> pair(right.get(pair.right()), others.get(pair.other())))
                .toList();
    }

    private static boolean entails(JudgedResponse right, JudgedResponse other) {
        return PythonText.lower(other.answer()).contains(PythonText.lower(right.answer()));
    }

    /** For each response a number that equal texts share. */
    private static int[] numbered(List<JudgedResponse> responses) {
        Map<String, Integer> numbers = new HashMap<>();
        int[] result = new int[responses.size()];
        for (int i = 0; i < result.length; i++) {
            Integer next = numbers.size();
            Integer number = numbers.putIfAbsent(responses.get(i).response(), next);
            result[i] = number == null ? next : number;
        }
        return result;
    }

    private static long joined(int high, int low) {
        return ((long) high << Integer.SIZE) | low;
    }

    private static long draw(long key, int right, int other) {
        long z = key + SEED + joined(right, other) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private static ObjectNode pair(JudgedResponse chosen, JudgedResponse rejected) {
        ObjectNode pair = JsonNodeFactory.instance.objectNode();
        JsonNode image = chosen.sampled().image();
        if (!image.isMissingNode()) {
            pair.set("image", image);
        }
        pair.put("question", chosen.sampled().key().question());
        pair.put("chosen", chosen.response());
        pair.put("rejected", rejected.response());
        pair.put("answer_gt", chosen.sampled().key().answer());
        copyMeta(chosen, pair, "chosen_meta");
        copyMeta(rejected, pair, "rejected_meta");
        return pair;
    }

    private static void copyMeta(JudgedResponse from, ObjectNode pair, String field) {
        JsonNode meta = from.row().get("meta");
        if (meta != null) {
            pair.set(field, meta);
        }
    }
}
