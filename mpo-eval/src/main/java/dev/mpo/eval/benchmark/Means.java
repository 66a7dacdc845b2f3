package dev.mpo.eval.benchmark;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** Means over some of a list's members. */
final class Means {

    static final double HUNDRED = 100;

    private Means() {}

    /** The mean of a value over the members that match; NaN if none does. */
    static <T> double of(List<T> members, Predicate<T> which, ToDoubleFunction<T> value) {
        return members.stream().filter(which).mapToDouble(value).average().orElse(Double.NaN);
    }

    static double number(boolean truth) {
        return truth ? 1 : 0;
    }
}
