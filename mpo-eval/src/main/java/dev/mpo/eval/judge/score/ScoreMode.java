package dev.mpo.eval.judge.score;

import java.util.List;

/** One way of scoring an answer. */
public enum ScoreMode {
    /** The same after VQA normalisation. */
    VQA_SCORE("vqa_score"),
    /** The same number within 5 %, or the same text. */
    RELAXED_ACCURACY("relaxed_accuracy"),
    /** Nearly the same text, by edit distance. */
    ANLS("anls"),
    /** The same option letter. */
    MC_SCORE("mc_score"),
    /** The same number within 0.1 %, units aside, or the same text. */
    MATH_SCORE("math_score"),
    /** The same formula, where one of the two is written as one. */
    LATEX_SCORE("latex_score"),
    /** The same number or formula, wherever in the answer it stands. */
    MATH_VERIFY_SCORE("math_verify_score");

    private static final List<ScoreMode> CHARTS = List.of(RELAXED_ACCURACY);
    private static final List<ScoreMode> DOCUMENTS = List.of(ANLS);
    private static final List<ScoreMode> GEOMETRY = List.of(RELAXED_ACCURACY, VQA_SCORE, MC_SCORE, MATH_VERIFY_SCORE);
    private static final List<ScoreMode> FORMULAS =
            List.of(VQA_SCORE, MC_SCORE, MATH_SCORE, LATEX_SCORE, MATH_VERIFY_SCORE);
    private static final List<ScoreMode> GENERAL = List.of(VQA_SCORE, MC_SCORE, MATH_SCORE, MATH_VERIFY_SCORE);

    private final String key;

    ScoreMode(String key) {
        this.key = key;
    }

    /** Returns the name that reports use. */
    public String key() {
        return key;
    }

    /**
     * Returns the scores that answers to a data set are judged by: the best of them counts.
     *
     * @param name the data set's or its file's name; what it contains decides, and capitals matter
     */
    public static List<ScoreMode> forDataset(String name) {
        if (name.contains("chartqa")) {
            return CHARTS;
        }
        if (containsAny(name, "docvqa", "infographics")) {
            return DOCUMENTS;
        }
        if (containsAny(name, "SROIE", "CLEVR_math", "geos", "geometry")) {
            return GEOMETRY;
        }
        return name.contains("mavis") ? FORMULAS : GENERAL;
    }

    private static boolean containsAny(String name, String... parts) {
        return List.of(parts).stream().anyMatch(name::contains);
    }
}
