package dev.mpo.eval.benchmark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Multiple choice: the share of answers whose option is found and right, by split and category. In circular sets a
 * question counts as right if it is so in every rotation of its options.
 */
final class ChoiceScorer implements Scorer {

    private static final long ROTATION = 1_000_000;
    private static final List<String> CIRCULAR = List.of("mmbench", "ccbench", "circular", "mmcr");
    private static final List<String> GROUPS = List.of("l2-category", "category");
    private static final Map<String, String> SHORT = Map.of(
            "coarse_perception", "CP",
            "finegrained_perception (instance-level)", "FP-S",
            "finegrained_perception (cross-instance)", "FP-C",
            "logic_reasoning", "LR",
            "relation_reasoning", "RR",
            "attribute_reasoning", "AR");

    private final boolean circular;
    private final boolean openRows;
    private final OptionMatcher matcher;

    ChoiceScorer(String dataset, OptionMatcher matcher) {
        String lower = dataset.toLowerCase(Locale.ROOT);
        this.circular = CIRCULAR.stream().anyMatch(lower::contains);
        this.openRows = dataset.contains("MMMU");
        this.matcher = matcher;
    }

    private record Hit(Answered answered, boolean right) {

        String split() {
            return answered.find("split").orElse(ScoreTable.NONE);
        }
    }

    private record Matched(Answered answered, Optional<String> option) {}

    @Override
    public ScoreTable score(List<Answered> answers) {
        List<Matched> matched = answers.stream()
                .map(each -> new Matched(each, matcher.match(each.prediction(), choices(each))))
                .toList();
        int undecided =
                (int) matched.stream().filter(each -> each.option().isEmpty()).count();
        List<Hit> hits = circular
                ? circularHits(matched)
                : matched.stream()
                        .map(each -> new Hit(each.answered(), isRight(each)))
                        .toList();
        return new ScoreTable(table(hits), answers.size(), undecided);
    }

    private boolean isRight(Matched matched) {
        Answered answered = matched.answered();
        String answer = openRows && PromptBuilder.options(answered.row()).isEmpty() ? "A" : answered.text("answer");
        return matched.option().filter(answer::equals).isPresent();
    }

    /** A row of MMMU without options is a choice between its answer and "Other Answers". */
    private Map<String, String> choices(Answered answered) {
        Map<String, String> options = PromptBuilder.options(answered.row());
        if (!options.isEmpty() || !openRows) {
            return options;
        }
        Map<String, String> two = new LinkedHashMap<>();
        two.put("A", answered.text("answer"));
        two.put("B", "Other Answers");
        return two;
    }

    private List<Hit> circularHits(List<Matched> matched) {
        Map<Long, Boolean> right = new TreeMap<>();
        matched.forEach(each -> right.merge(group(each.answered()), isRight(each), Boolean::logicalAnd));
        return matched.stream()
                .map(Matched::answered)
                .filter(each -> index(each) < ROTATION)
                .map(each -> new Hit(each, right.getOrDefault(group(each), false)))
                .toList();
    }

    private static long group(Answered answered) {
        Object group = answered.row().get("g_index");
        return group instanceof Number number ? number.longValue() : index(answered) % ROTATION;
    }

    private static long index(Answered answered) {
        return answered.row().get("index") instanceof Number number ? number.longValue() : 0;
    }

    private static Map<String, Map<String, Double>> table(List<Hit> hits) {
        Map<String, Map<String, Double>> splits = new LinkedHashMap<>();
        for (Hit hit : hits) {
            splits.computeIfAbsent(hit.split(), split -> metrics(hits, split));
        }
        return splits;
    }

    private static Map<String, Double> metrics(List<Hit> hits, String split) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("Overall", Means.of(hits, hit -> hit.split().equals(split), hit -> Means.number(hit.right())));
        for (String group : GROUPS) {
            TreeSet<String> names = new TreeSet<>();
            hits.forEach(hit -> hit.answered().find(group).ifPresent(names::add));
            for (String name : names) {
                double mean = Means.of(
                        hits,
                        hit -> hit.split().equals(split)
                                && hit.answered()
                                        .find(group)
                                        .filter(name::equals)
                                        .isPresent(),
                        hit -> Means.number(hit.right()));
                metrics.put(SHORT.getOrDefault(name, name), mean);
            }
        }
        return metrics;
    }
}
