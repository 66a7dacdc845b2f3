package dev.mpo.eval.benchmark;

import dev.mpo.eval.judge.score.VqaNormalizer;
import dev.mpo.eval.judge.text.PythonText;
import java.util.List;
import java.util.regex.Pattern;

/** The VQA evaluation's normalisation and score (Antol et al., 2015) as VLMEvalKit applies them. */
public final class VqaAnswer {

    private static final String MARKS = ";/[]\"{}()=+\\_-><@`,?!";
    private static final Pattern GROUPED_DIGITS = Pattern.compile("[0-9],[0-9]");
    private static final Pattern PERIOD = Pattern.compile("(?<![0-9])\\.(?![0-9])");

    /** The reference passes a flag, whose value this is, where a count belongs. */
    private static final int MOST_PERIODS = 32;

    private static final double AGREEING = 3;

    private VqaAnswer() {}

    /**
     * Returns the text without punctuation: a mark beside a space vanishes, any other becomes a space; where a comma
     * stands between digits all marks vanish.
     */
    static String withoutPunctuation(String text) {
        boolean grouped = GROUPED_DIGITS.matcher(text).find();
        String result = text;
        for (int i = 0; i < MARKS.length(); i++) {
            String mark = MARKS.substring(i, i + 1);
            boolean vanishes = grouped || text.contains(mark + " ") || text.contains(" " + mark);
            result = result.replace(mark, vanishes ? "" : " ");
        }
        int[] left = {MOST_PERIODS};
        return PERIOD.matcher(result).replaceAll(match -> left[0]-- > 0 ? "" : ".");
    }

    /** Returns the answer in lower case, without punctuation and articles, number words as digits. */
    public static String normalize(String answer) {
        String line = PythonText.strip(answer.replace('\n', ' ').replace('\t', ' '));
        return VqaNormalizer.words(withoutPunctuation(line));
    }

    /**
     * Returns the agreement with ten people: for each of them the share, at most 1, of three of the others who said the
     * same; the mean of these.
     */
    public static double score(List<String> people, String prediction) {
        String given = normalize(prediction);
        List<Boolean> same =
                people.stream().map(each -> normalize(each).equals(given)).toList();
        long all = same.stream().filter(each -> each).count();
        return same.stream()
                .mapToDouble(each -> Math.min(1, (all - (each ? 1 : 0)) / AGREEING))
                .average()
                .orElse(0);
    }
}
