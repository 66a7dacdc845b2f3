package dev.mpo.core.generate;

import java.util.List;
import java.util.PriorityQueue;

/** A token of an answer as it was chosen. Valid during the call that hands it over. */
public final class ChosenToken {

    private final int id;
    private final double logp;
    private final NextTokens next;
    private final int row;

    /**
     * A token and how likely it is.
     *
     * @param id the token's number
     * @param logp its log-probability under the model, at temperature 1, without limits or penalty
     */
    public record Likelihood(int id, double logp) {}

    ChosenToken(int id, double logp, NextTokens next, int row) {
        this.id = id;
        this.logp = logp;
        this.next = next;
        this.row = row;
    }

    /** Returns the token's number. */
    public int id() {
        return id;
    }

    /** Returns its log-probability under the model, at temperature 1, without limits or penalty. */
    public double logp() {
        return logp;
    }

    /** Returns the {@code count} most likely tokens of this place, the most likely first, of equal ones the lower. */
    public List<Likelihood> mostLikely(int count) {
        float[] logits = next.logits(row);
        PriorityQueue<Integer> kept = new PriorityQueue<>(
                (a, b) -> logits[a] == logits[b] ? Integer.compare(b, a) : Float.compare(logits[a], logits[b]));
        for (int i = 0; i < logits.length; i++) {
            if (kept.size() < count) {
                kept.add(i);
            } else if (count > 0 && logits[i] > logits[kept.element()]) {
                kept.remove();
                kept.add(i);
            }
        }
        return kept.stream()
                .sorted(kept.comparator().reversed())
                .map(token -> new Likelihood(token, next.logp(row, token)))
                .toList();
    }
}
