package dev.mpo.eval.benchmark;

import dev.mpo.eval.judge.text.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the option that an answer means without a judge, in either generation of VLMEvalKit's rules. */
public enum OptionMatcher {
    /** The rules of 2026-08. A letter counts near the end only, and a text only if the answer is short. */
    NOW("2026-08") {
        @Override
        Optional<String> option(String answer, Map<String, String> choices) {
            List<String> words = words(answer);
            List<String> named = named(words, choices);
            if (named.size() == 1 && words.indexOf(named.get(0)) > words.size() - LAST_WORDS) {
                return Optional.of(named.get(0));
            }
            if (named.isEmpty() && words.contains(REFUSED)) {
                return Optional.of(REFUSED);
            }
            Matcher stated = STATED.matcher(answer);
            return stated.find() ? Optional.of(PythonText.upper(stated.group(1))) : Optional.empty();
        }

        @Override
        boolean isShortEnough(String answer, Map<String, String> choices) {
            int all = choices.values().stream().mapToInt(PythonText::length).sum();
            return PythonText.length(answer) <= 2 * all;
        }
    },
    /** The rules of 2024-12, by which the published scores of InternVL2.5 were made. */
    DECEMBER_2024("2024-12") {
        @Override
        Optional<String> option(String answer, Map<String, String> choices) {
            List<String> words = words(answer);
            List<String> named = named(words, choices);
            if (named.size() == 1) {
                return Optional.of(named.get(0));
            }
            return named.isEmpty() && words.contains(REFUSED) ? Optional.of(REFUSED) : Optional.empty();
        }

        @Override
        boolean isShortEnough(String answer, Map<String, String> choices) {
            return true;
        }
    };

    /** What stands for an answer that refuses; it is no option, and so never right. */
    public static final String REFUSED = "Z";

    private static final int LAST_WORDS = 5;
    private static final String MARKS = ".()[],:;!*#{}";
    private static final Pattern STATED =
            Pattern.compile("answer\\s+is\\s*:?\\s*\\**\\s*([A-D])(?![A-Za-z])", Pattern.CASE_INSENSITIVE);
    private static final String FAILED = "Failed to obtain answer via API";
    private static final List<String> REFUSALS = List.of(
            "Sorry, I can't help with images of people yet.",
            "I can't process this file.",
            "I'm sorry, but without the image provided",
            "Cannot determine the answer");

    private final String label;

    OptionMatcher(String label) {
        this.label = label;
    }

    /** Returns what results call this generation. */
    public String label() {
        return label;
    }

    /** The letter by itself, without the rule about the options' texts. */
    abstract Optional<String> option(String answer, Map<String, String> choices);

    abstract boolean isShortEnough(String answer, Map<String, String> choices);

    /**
     * Returns the letter of the option that an answer means, {@link #REFUSED} if it refuses, or nothing if the rules
     * cannot tell.
     *
     * @param choices the options' texts by letter
     */
    public Optional<String> match(String answer, Map<String, String> choices) {
        Optional<String> letter = letter(answer, choices);
        return letter.isPresent() ? letter : text(answer, choices);
    }

    /** Returns what the rules about letters alone say. */
    Optional<String> letter(String answer, Map<String, String> choices) {
        if (answer.contains(FAILED)) {
            return Optional.empty();
        }
        return REFUSALS.stream().anyMatch(answer::contains) ? Optional.of(REFUSED) : option(answer, choices);
    }

    /** Exactly one option's text is in the answer, ignoring case. */
    private Optional<String> text(String answer, Map<String, String> choices) {
        String lower = PythonText.lower(answer);
        if (!isShortEnough(lower, choices)) {
            return Optional.empty();
        }
        List<String> contained = choices.entrySet().stream()
                .filter(choice -> lower.contains(PythonText.lower(choice.getValue())))
                .map(Map.Entry::getKey)
                .toList();
        return contained.size() == 1 ? Optional.of(contained.get(0)) : Optional.empty();
    }

    private static List<String> words(String answer) {
        StringBuilder text = new StringBuilder(answer);
        for (int i = 0; i < text.length(); i++) {
            if (MARKS.indexOf(text.charAt(i)) >= 0) {
                text.setCharAt(i, ' ');
            }
        }
        return PythonText.words(text.toString());
    }

    private static List<String> named(List<String> words, Map<String, String> choices) {
        List<String> named = new ArrayList<>(choices.keySet());
        named.retainAll(words);
        return named;
    }
}
