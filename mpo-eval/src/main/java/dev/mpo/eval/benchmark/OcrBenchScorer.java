package dev.mpo.eval.benchmark;

import dev.mpo.eval.judge.text.PythonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** OCRBench: one point for each answer that contains one of the right texts; of 1000 points in all. */
final class OcrBenchScorer implements Scorer {

    private static final String FORMULAS = "Handwritten Mathematical Expression Recognition";
    private static final String TEXT = "Text Recognition";
    private static final List<String> KINDS =
            List.of(TEXT, "Scene Text-centric VQA", "Doc-oriented VQA", "Key Information Extraction", FORMULAS);
    private static final double TEN = 10;

    @Override
    public ScoreTable score(List<Answered> answers) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        KINDS.forEach(kind -> metrics.put(kind, 0.0));
        double total = 0;
        for (Answered each : answers) {
            String category = each.text("category");
            if (isRight(each, category)) {
                String kind = category.endsWith(TEXT) || !metrics.containsKey(category) ? TEXT : category;
                metrics.merge(kind, 1.0, Double::sum);
                total++;
            }
        }
        metrics.put("Final Score", total);
        metrics.put("Final Score Norm", total / TEN);
        return ScoreTable.whole(metrics, answers.size(), 0);
    }

    private static boolean isRight(Answered answered, String category) {
        boolean formula = category.equals(FORMULAS);
        String given = plain(answered.prediction(), formula);
        return answered.answers().stream().anyMatch(answer -> given.contains(plain(answer, formula)));
    }

    /** Formulas lose their blanks and keep their case; texts the other way round. */
    private static String plain(String text, boolean formula) {
        String line = PythonText.strip(text).replace('\n', ' ');
        return formula
                ? line.replace(" ", "")
                : PythonText.strip(PythonText.lower(text)).replace('\n', ' ');
    }
}
