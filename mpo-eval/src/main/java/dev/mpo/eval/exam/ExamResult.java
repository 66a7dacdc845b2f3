package dev.mpo.eval.exam;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The marks of a model.
 *
 * @param marks the marks of each style, in the order of the questions
 */
public record ExamResult(Map<AnswerStyle, List<Mark>> marks) {

    /** Copies the map. */
    public ExamResult {
        Map<AnswerStyle, List<Mark>> copy = new EnumMap<>(AnswerStyle.class);
        marks.forEach((style, list) -> copy.put(style, List.copyOf(list)));
        marks = copy;
    }

    /** Returns the marks of a style; none if it was not asked for. */
    public List<Mark> of(AnswerStyle style) {
        return marks.getOrDefault(style, List.of());
    }

    /** Returns the names of the data sets in the order of the questions. */
    public List<String> datasets() {
        return marks.values().stream()
                .flatMap(List::stream)
                .map(mark -> mark.question().dataset())
                .distinct()
                .toList();
    }

    /** Returns the share of right answers; an unreadable one is wrong. NaN without questions. */
    public double accuracy(AnswerStyle style) {
        return share(of(style), Mark::right);
    }

    /** Returns the share of right answers to the questions of a data set. */
    public double accuracy(AnswerStyle style, String dataset) {
        return share(
                of(style).stream()
                        .filter(mark -> mark.question().dataset().equals(dataset))
                        .toList(),
                Mark::right);
    }

    /** Returns the share of responses that keep to the form. */
    public double readable(AnswerStyle style) {
        return share(of(style), Mark::readable);
    }

    private static double share(List<Mark> marks, Predicate<Mark> which) {
        return marks.isEmpty()
                ? Double.NaN
                : (double) marks.stream().filter(which).count() / marks.size();
    }
}
