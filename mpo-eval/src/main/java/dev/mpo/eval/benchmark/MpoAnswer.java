package dev.mpo.eval.benchmark;

import dev.mpo.eval.judge.text.PythonText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The final answer out of a reply to the MPO prompt. */
public final class MpoAnswer {

    private static final Pattern FINAL =
            Pattern.compile("(?:Final answer:|Answer:)\\s*(.*)", Pattern.CASE_INSENSITIVE | Pattern.UNIX_LINES);

    private MpoAnswer() {}

    /**
     * Returns what follows the first {@code Final answer:} or {@code Answer:} on its line, ignoring case, or the whole
     * reply where there is neither; stripped. Only replies on multiple-choice and yes/no sets and on CRPE are cut so.
     */
    public static String of(String reply) {
        Matcher matcher = FINAL.matcher(reply);
        return PythonText.strip(matcher.find() ? matcher.group(1) : reply);
    }
}
