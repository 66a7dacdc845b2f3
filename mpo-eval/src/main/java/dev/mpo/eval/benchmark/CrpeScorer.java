package dev.mpo.eval.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** CRPE: four rows with rotated options are one question, which is right if all four answers are. */
final class CrpeScorer implements Scorer {

    private static final int ROTATIONS = 4;

    @Override
    public ScoreTable score(List<Answered> answers) {
        Map<String, List<Boolean>> categories = new LinkedHashMap<>();
        List<Boolean> all = new ArrayList<>();
        for (int start = 0; start + ROTATIONS <= answers.size(); start += ROTATIONS) {
            List<Answered> rotations = answers.subList(start, start + ROTATIONS);
            boolean right =
                    rotations.stream().allMatch(each -> CrpeAnswer.isRight(each.text("answer"), each.prediction()));
            all.add(right);
            categories
                    .computeIfAbsent(answers.get(start).text("category"), key -> new ArrayList<>())
                    .add(right);
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        categories.forEach((name, rights) -> metrics.put(name, Means.of(rights, each -> true, Means::number)));
        metrics.put("total", Means.of(all, each -> true, Means::number));
        return ScoreTable.whole(metrics, answers.size(), 0);
    }
}
