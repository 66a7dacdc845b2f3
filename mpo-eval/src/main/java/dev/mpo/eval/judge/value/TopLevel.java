package dev.mpo.eval.judge.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Splits a formula where it is not inside brackets. Interval brackets need not match: {@code (0, 1]}. */
final class TopLevel {

    private static final String OPENING = "([{";
    private static final String CLOSING = ")]}";
    private static final Map<String, String> BRACES =
            Map.of("\\{", "\\}", "\\langle", "\\rangle", "\\lbrace", "\\rbrace");

    private TopLevel() {}

    /** A text in one pair of brackets. */
    record Bracketed(String open, String content, String close) {}

    /** Returns the parts between separators outside of brackets; thousands such as {@code 1,000} stay together. */
    static List<String> split(String text, String separator) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (OPENING.indexOf(c) >= 0) {
                depth++;
            } else if (CLOSING.indexOf(c) >= 0) {
                depth--;
            } else if (depth == 0 && text.startsWith(separator, i) && !isInNumber(text, i)) {
                parts.add(text.substring(start, i));
                i += separator.length() - 1;
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    /** A comma between a digit and exactly three more, as in {@code 12,345}. */
    private static boolean isInNumber(String text, int at) {
        if (text.charAt(at) != ',' || at == 0 || !isDigit(text, at - 1)) {
            return false;
        }
        int before = at - 1;
        while (before > 0 && isDigit(text, before - 1)) {
            before--;
        }
        boolean grouped = before > 0 && text.charAt(before - 1) == ',' && before >= 2 && isDigit(text, before - 2);
        int digits = at - before;
        return isDigit(text, at + 1)
                && isDigit(text, at + 2)
                && isDigit(text, at + 3)
                && !isDigit(text, at + 4)
                && text.charAt(before) != '0'
                && (grouped ? digits == 3 : digits <= 3);
    }

    private static boolean isDigit(String text, int at) {
        return at >= 0 && at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }

    /** Returns the brackets and content of a text that is in brackets as a whole. */
    static Optional<Bracketed> bracketed(String raw) {
        String text = raw.strip();
        for (Map.Entry<String, String> braces : BRACES.entrySet()) {
            if (text.startsWith(braces.getKey()) && text.endsWith(braces.getValue())) {
                String content = text.substring(
                        braces.getKey().length(),
                        text.length() - braces.getValue().length());
                boolean set = !braces.getKey().equals("\\langle");
                return Optional.of(new Bracketed(set ? "\\{" : "(", content, set ? "\\}" : ")"));
            }
        }
        if (text.length() < 2 || "([".indexOf(text.charAt(0)) < 0 || ")]".indexOf(text.charAt(text.length() - 1)) < 0) {
            return Optional.empty();
        }
        int depth = 0;
        for (int i = 0; i < text.length() - 1; i++) {
            char c = text.charAt(i);
            depth += OPENING.indexOf(c) >= 0 ? 1 : CLOSING.indexOf(c) >= 0 ? -1 : 0;
            if (depth == 0) {
                return Optional.empty();
            }
        }
        return Optional.of(new Bracketed(
                text.substring(0, 1), text.substring(1, text.length() - 1), text.substring(text.length() - 1)));
    }
}
