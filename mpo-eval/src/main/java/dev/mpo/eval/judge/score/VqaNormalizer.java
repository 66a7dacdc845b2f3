package dev.mpo.eval.judge.score;

import dev.mpo.eval.judge.text.PythonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The answer normalisation of the VQA evaluation: lower case, punctuation and articles out, number words as digits,
 * apostrophes put into contractions.
 */
public final class VqaNormalizer {

    private static final String TABLES = "vqa-words.properties";

    private static final String PUNCTUATION = ";/[]\"{}()=+\\_->@`<,?!";

    private static final Set<String> ARTICLES = Set.of("a", "an", "the");

    private static final Map<String, String> REPLACEMENTS = load();

    private static final Pattern PERIOD = Pattern.compile("\\.(?!\\d)", Pattern.UNICODE_CHARACTER_CLASS);

    /** The reference strips this many periods: it passes a flag, whose value this is, where a count belongs. */
    private static final int MOST_PERIODS = 32;

    private VqaNormalizer() {}

    /** Returns the normalised text; empty if nothing but articles and punctuation was there. */
    public static String normalize(String text) {
        String lower = PythonText.strip(
                PythonText.lower(text).replace(",", "").replace("?", "").replace("'s", " 's"));
        String line = PythonText.strip(lower.replace('\n', ' ').replace('\t', ' '));
        return words(withoutPunctuation(line));
    }

    /** A mark next to a space vanishes, everywhere in the text; any other becomes a space. */
    private static String withoutPunctuation(String text) {
        String result = text;
        for (int i = 0; i < PUNCTUATION.length(); i++) {
            String mark = PUNCTUATION.substring(i, i + 1);
            boolean besideSpace = text.contains(mark + " ") || text.contains(" " + mark);
            result = result.replace(mark, besideSpace ? "" : " ");
        }
        return withoutPeriods(result);
    }

    private static String withoutPeriods(String text) {
        Matcher period = PERIOD.matcher(text);
        List<MatchResult> found = period.results().limit(MOST_PERIODS).toList();
        StringBuilder result = new StringBuilder(text);
        for (int i = found.size() - 1; i >= 0; i--) {
            result.deleteCharAt(found.get(i).start());
        }
        return result.toString();
    }

    /** Returns the words of a text without articles, number words as digits, contractions completed. */
    public static String words(String text) {
        return PythonText.words(PythonText.lower(text)).stream()
                .map(VqaNormalizer::digits)
                .filter(word -> !ARTICLES.contains(word))
                .map(word -> REPLACEMENTS.getOrDefault(word, word))
                .collect(Collectors.joining(" "));
    }

    private static String digits(String word) {
        String replacement = REPLACEMENTS.getOrDefault(word, word);
        return replacement.isEmpty() || !Character.isDigit(replacement.charAt(0)) ? word : replacement;
    }

    private static Map<String, String> load() {
        Properties table = new Properties();
        try (InputStream in = VqaNormalizer.class.getResourceAsStream(TABLES)) {
            if (in == null) {
                throw new IllegalStateException(TABLES + " is missing from the build");
            }
            Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8);
            table.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return table.stringPropertyNames().stream()
                .collect(Collectors.toUnmodifiableMap(word -> word, word -> table.getProperty(word, word)));
    }
}
