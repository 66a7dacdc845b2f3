package dev.mpo.eval.judge.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/** Text operations with the meaning they have in Python 3, on whole Unicode characters. */
public final class PythonText {

    private static final Pattern NUMBER = Pattern.compile(
            "[+-]?(?:(?:\\d+(?:_\\d+)*)(?:\\.(?:\\d+(?:_\\d+)*)?)?|\\.\\d+(?:_\\d+)*)(?:[eE][+-]?\\d+(?:_\\d+)*)?");

    private static final Pattern NOT_FINITE = Pattern.compile("([+-]?)(?:(inf(?:inity)?)|nan)");

    private PythonText() {}

    /** Returns whether a character is white space: {@code str.isspace}. */
    public static boolean isSpace(int character) {
        // Java's own notion leaves out next line and the no-break spaces.
        return Character.isWhitespace(character)
                || character == 0x85
                || character == 0xA0
                || character == 0x2007
                || character == 0x202F;
    }

    /** Returns a text without white space at either end: {@code str.strip()}. */
    public static String strip(String text) {
        return strip(text, PythonText::isSpace);
    }

    /** Returns a text without any number of a character at either end: {@code str.strip(c)}. */
    public static String strip(String text, char character) {
        return strip(text, c -> c == character);
    }

    private static String strip(String text, IntPredicate dropped) {
        int start = 0;
        int end = text.length();
        while (start < end && dropped.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (end > start && dropped.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    /** Returns the pieces between runs of white space, none of them empty: {@code str.split()}. */
    public static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            boolean space = isSpace(text.codePointAt(i));
            if (space && start >= 0) {
                words.add(text.substring(start, i));
                start = -1;
            } else if (!space && start < 0) {
                start = i;
            }
        }
        if (start >= 0) {
            words.add(text.substring(start));
        }
        return words;
    }

    /** Returns how often a part, which is not empty, occurs without overlap: {@code str.count}. */
    public static int count(String text, String part) {
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    /** Returns the number of Unicode characters: {@code len}. */
    public static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Returns a text in lower case, whatever the machine's language: {@code str.lower}. */
    public static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** Returns a text in upper case, whatever the machine's language: {@code str.upper}. */
    public static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    /** Returns whether two texts are the same in lower case. */
    public static boolean sameIgnoringCase(String a, String b) {
        return lower(a).equals(lower(b));
    }

    /**
     * Returns the number that a text spells, if it does: {@code float(text)}. White space around it, digits of any
     * script, underscores between digits, infinities and NaN are accepted.
     */
    public static OptionalDouble number(String text) {
        String digits = asciiDigits(strip(text));
        if (NUMBER.matcher(digits).matches()) {
            return OptionalDouble.of(Double.parseDouble(digits.replace("_", "")));
        }
        var special = NOT_FINITE.matcher(lower(digits));
        if (!special.matches()) {
            return OptionalDouble.empty();
        }
        if (special.group(2) == null) {
            return OptionalDouble.of(Double.NaN);
        }
        return OptionalDouble.of("-".equals(special.group(1)) ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }

    private static String asciiDigits(String text) {
        StringBuilder ascii = new StringBuilder(text.length());
        text.codePoints().forEach(c -> ascii.appendCodePoint(Character.isDigit(c) ? '0' + Character.digit(c, 10) : c));
        return ascii.toString();
    }
}
