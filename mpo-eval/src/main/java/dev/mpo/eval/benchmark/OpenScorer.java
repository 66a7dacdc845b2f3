package dev.mpo.eval.benchmark;

import dev.mpo.eval.judge.text.PythonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.ToDoubleBiFunction;

/** Open questions with known answers: the mean of a measure, in percent, by split and category. */
final class OpenScorer implements Scorer {

    private final ToDoubleBiFunction<List<String>, String> measure;

    private OpenScorer(ToDoubleBiFunction<List<String>, String> measure) {
        this.measure = measure;
    }

    static Optional<Scorer> of(String dataset) {
        if (dataset.contains("TextVQA")) {
            return Optional.of(new OpenScorer(VqaAnswer::score));
        }
        if (dataset.contains("ChartQA")) {
            return Optional.of(new OpenScorer((answers, given) -> Means.number(
                    answers.stream().anyMatch(answer -> ChartAnswer.isRight(answer, PythonText.strip(given))))));
        }
        if (dataset.contains("DocVQA") || dataset.contains("InfoVQA")) {
            return Optional.of(new OpenScorer((answers, given) -> answers.stream()
                    .mapToDouble(answer -> DocumentAnswer.score(answer, PythonText.strip(given)))
                    .max()
                    .orElse(0)));
        }
        if (dataset.contains("OCRVQA") || dataset.contains("GQA")) {
            return Optional.of(new OpenScorer((answers, given) -> Means.number(answers.stream()
                    .anyMatch(answer ->
                            PythonText.sameIgnoringCase(PythonText.strip(answer), PythonText.strip(given))))));
        }
        return Optional.empty();
    }

    private record Measured(Answered answered, double score) {}

    @Override
    public ScoreTable score(List<Answered> answers) {
        List<Measured> measured = answers.stream()
                .map(each ->
                        new Measured(each, Means.HUNDRED * measure.applyAsDouble(each.answers(), each.prediction())))
                .toList();
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (String column : List.of("split", "category")) {
            TreeSet<String> names = new TreeSet<>();
            measured.forEach(each -> each.answered().find(column).ifPresent(names::add));
            for (String name : names) {
                metrics.put(
                        name,
                        Means.of(measured, each -> each.answered().text(column).equals(name), Measured::score));
            }
        }
        metrics.put("Overall", Means.of(measured, each -> true, Measured::score));
        return ScoreTable.whole(metrics, answers.size(), 0);
    }
}
