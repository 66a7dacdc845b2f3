package dev.mpo.eval.judge.value;

import dev.mpo.eval.judge.algebra.Equality;
import java.util.List;
import java.util.function.BiFunction;

/** What is known about two values. */
public enum Comparison {
    /** They are the same. */
    SAME,
    /** They are not the same. */
    DIFFERENT,
    /** It cannot be told. */
    UNKNOWN;

    static Comparison of(Equality.Verdict verdict) {
        return switch (verdict) {
            case SAME -> SAME;
            case DIFFERENT -> DIFFERENT;
            case UNKNOWN -> UNKNOWN;
        };
    }

    /** Both hold, or one does not, or it cannot be told. */
    Comparison and(Comparison other) {
        if (this == DIFFERENT || other == DIFFERENT) {
            return DIFFERENT;
        }
        return this == UNKNOWN ? this : other;
    }

    /** The same number of members, each the same as its counterpart. */
    static <T> Comparison inOrder(List<T> a, List<T> b, BiFunction<T, T, Comparison> compare) {
        if (a.size() != b.size()) {
            return DIFFERENT;
        }
        Comparison result = SAME;
        for (int i = 0; i < a.size(); i++) {
            result = result.and(compare.apply(a.get(i), b.get(i)));
        }
        return result;
    }

    /** As {@link #inOrder}, in whatever order. */
    static <T> Comparison inAnyOrder(List<T> a, List<T> b, BiFunction<T, T, Comparison> compare) {
        if (a.size() != b.size()) {
            return DIFFERENT;
        }
        Comparison result = SAME;
        boolean[] taken = new boolean[b.size()];
        for (T left : a) {
            result = result.and(partner(left, b, taken, compare));
        }
        return result;
    }

    private static <T> Comparison partner(T left, List<T> b, boolean[] taken, BiFunction<T, T, Comparison> compare) {
        Comparison best = DIFFERENT;
        for (int i = 0; i < taken.length; i++) {
            Comparison one = taken[i] ? DIFFERENT : compare.apply(left, b.get(i));
            if (one == SAME) {
                taken[i] = true;
                return SAME;
            }
            best = one == UNKNOWN ? UNKNOWN : best;
        }
        return best;
    }
}
