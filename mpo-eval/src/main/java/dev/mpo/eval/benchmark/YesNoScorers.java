package dev.mpo.eval.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The scores of yes-or-no sets, each with groups of its own. */
final class YesNoScorers {

    private YesNoScorers() {}

    private record Verdict(Answered answered, Optional<String> said) {

        static List<Verdict> of(List<Answered> answers) {
            return answers.stream()
                    .map(each -> new Verdict(each, YesNo.of(each.prediction())))
                    .toList();
        }

        boolean right() {
            return said.filter(word -> word.equalsIgnoreCase(answered.text("answer")))
                    .isPresent();
        }

        String category() {
            return answered.text("category");
        }
    }

    private static int undecided(List<Verdict> verdicts) {
        return (int) verdicts.stream().filter(each -> each.said().isEmpty()).count();
    }

    private static double accuracy(List<Verdict> verdicts, Predicate<Verdict> which) {
        return Means.HUNDRED * Means.of(verdicts, which, each -> Means.number(each.right()));
    }

    /** The share of groups all of whose answers are right, in percent. */
    private static double allRight(List<Verdict> verdicts, Function<Verdict, String> group) {
        Map<String, Boolean> groups = new HashMap<>();
        verdicts.forEach(each -> groups.merge(group.apply(each), each.right(), Boolean::logicalAnd));
        return Means.HUNDRED * Means.of(List.copyOf(groups.values()), each -> true, Means::number);
    }

    /** POPE: F1 of the answer yes; a row counts in each of its categories, which commas separate. */
    static final class Pope implements Scorer {

        @Override
        public ScoreTable score(List<Answered> answers) {
            List<Verdict> verdicts = Verdict.of(answers);
            Map<String, Map<String, Double>> splits = new LinkedHashMap<>();
            // A row counts once for each of its categories in the overall score as well.
            splits.put(
                    "Overall",
                    metrics(verdicts.stream()
                            .flatMap(
                                    each -> Collections.nCopies(categories(each).size(), each).stream())
                            .toList()));
            TreeSet<String> categories = new TreeSet<>();
            verdicts.forEach(each -> categories.addAll(categories(each)));
            for (String category : categories) {
                splits.put(
                        category,
                        metrics(verdicts.stream()
                                .filter(each -> categories(each).contains(category))
                                .toList()));
            }
            return new ScoreTable(splits, answers.size(), undecided(verdicts));
        }

        private static List<String> categories(Verdict verdict) {
            return Arrays.asList(verdict.category().split(",", -1));
        }

        private static Map<String, Double> metrics(List<Verdict> verdicts) {
            double bothYes = 0;
            double saidYes = 0;
            double isYes = 0;
            for (Verdict each : verdicts) {
                boolean said = each.said().filter("Yes"::equals).isPresent();
                boolean is = each.answered().text("answer").equals("Yes");
                bothYes += said && is ? 1 : 0;
                saidYes += said ? 1 : 0;
                isYes += is ? 1 : 0;
            }
            double precision = saidYes == 0 ? 0 : bothYes / saidYes;
            double recall = isYes == 0 ? 0 : bothYes / isYes;
            double f1 = precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("Overall", Means.HUNDRED * f1);
            metrics.put("acc", accuracy(verdicts, each -> true));
            metrics.put("precision", Means.HUNDRED * precision);
            metrics.put("recall", Means.HUNDRED * recall);
            return metrics;
        }
    }

    /** HallusionBench: all answers, all answers about a figure, all answers to a question. */
    static final class Hallusion implements Scorer {

        private static final int SET = 3;
        private static final int FIGURE = 4;
        private static final int QUESTION = 5;

        @Override
        public ScoreTable score(List<Answered> answers) {
            List<Verdict> verdicts = Verdict.of(answers);
            Map<String, Map<String, Double>> splits = new LinkedHashMap<>();
            splits.put("Overall", metrics(verdicts));
            for (String column : List.of("l2-category", "category")) {
                TreeSet<String> names = new TreeSet<>();
                verdicts.forEach(each -> each.answered().find(column).ifPresent(names::add));
                for (String name : names) {
                    splits.put(
                            name,
                            metrics(verdicts.stream()
                                    .filter(each -> each.answered().text(column).equals(name))
                                    .toList()));
                }
            }
            return new ScoreTable(splits, answers.size(), undecided(verdicts));
        }

        private static Map<String, Double> metrics(List<Verdict> verdicts) {
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("aAcc", accuracy(verdicts, each -> true));
            metrics.put("fAcc", allRight(verdicts, each -> part(each, FIGURE)));
            metrics.put("qAcc", allRight(verdicts, each -> part(each, QUESTION)));
            return metrics;
        }

        private static String part(Verdict verdict, int part) {
            String[] parts = verdict.answered().text("index").split("_", -1);
            String id = parts.length > part ? parts[SET] + "_" + parts[part] : String.join("_", parts);
            return verdict.answered().text("l2-category") + "_" + id;
        }
    }

    /** MME: per category the accuracy, plus the share of pictures whose first two questions are both answered right. */
    static final class Mme implements Scorer {

        private static final List<String> REASONING =
                List.of("code_reasoning", "commonsense_reasoning", "numerical_calculation", "text_translation");
        private static final List<String> PERCEPTION = List.of(
                "OCR",
                "artwork",
                "celebrity",
                "color",
                "count",
                "existence",
                "landmark",
                "position",
                "posters",
                "scene");

        @Override
        public ScoreTable score(List<Answered> answers) {
            List<Verdict> verdicts = Verdict.of(answers);
            Map<String, List<Verdict>> categories = verdicts.stream()
                    .collect(Collectors.groupingBy(Verdict::category, LinkedHashMap::new, Collectors.toList()));
            Map<String, Double> scores = new LinkedHashMap<>();
            categories.forEach((name, rows) -> scores.put(name, accuracy(rows, each -> true) + plus(rows)));
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("perception", sum(scores, PERCEPTION));
            metrics.put("reasoning", sum(scores, REASONING));
            metrics.putAll(scores);
            return ScoreTable.whole(metrics, answers.size(), undecided(verdicts));
        }

        private static double plus(List<Verdict> rows) {
            Map<String, List<Boolean>> pictures = new LinkedHashMap<>();
            rows.forEach(each -> pictures.computeIfAbsent(each.answered().text("image_path"), key -> new ArrayList<>())
                    .add(each.right()));
            return Means.HUNDRED
                    * Means.of(
                            List.copyOf(pictures.values()),
                            each -> true,
                            each -> Means.number(each.stream().limit(2).allMatch(right -> right)));
        }

        private static double sum(Map<String, Double> scores, List<String> names) {
            return names.stream()
                    .mapToDouble(name -> scores.getOrDefault(name, 0.0))
                    .sum();
        }
    }

    /** AMBER: the mean of the accuracies on attributes, existence and relations. */
    static final class Amber implements Scorer {

        private static final Map<String, String> GROUPS = Map.of(
                "discriminative-attribute-state", "Attribute",
                "discriminative-attribute-number", "Attribute",
                "discriminative-attribute-action", "Attribute",
                "discriminative-hallucination", "Existence",
                "discriminative-relation", "Relation",
                "relation", "Relation");

        @Override
        public ScoreTable score(List<Answered> answers) {
            List<Verdict> verdicts = Verdict.of(answers);
            Map<String, Double> metrics = new LinkedHashMap<>();
            for (String group : List.of("Attribute", "Existence", "Relation")) {
                double accuracy = accuracy(verdicts, each -> group.equals(GROUPS.get(each.category())));
                if (!Double.isNaN(accuracy)) {
                    metrics.put(group, accuracy);
                }
            }
            double mean = metrics.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElse(Double.NaN);
            metrics.put("Avg ACC", mean);
            return ScoreTable.whole(metrics, answers.size(), undecided(verdicts));
        }
    }
}
