package dev.mpo.eval.benchmark;

import dev.mpo.core.DataException;
import java.util.ArrayList;
import java.util.List;

/** A list of texts as Python writes it: {@code ['a', "b's"]}. */
final class PythonList {

    private final String text;
    private int position;

    private PythonList(String text) {
        this.text = text;
    }

    /** Returns whether a text looks like a list. */
    static boolean isList(String text) {
        return text.startsWith("[") && text.endsWith("]");
    }

    /**
     * Returns the members; numbers as their digits.
     *
     * @throws DataException if it is no list of texts and numbers
     */
    static List<String> strings(String text) {
        return new PythonList(text).read();
    }

    private List<String> read() {
        List<String> members = new ArrayList<>();
        position = 1;
        skipSpaces();
        while (peek() != ']') {
            members.add(peek() == '\'' || peek() == '"' ? quoted() : bare());
            skipSpaces();
            if (peek() == ',') {
                position++;
                skipSpaces();
            } else if (peek() != ']') {
                throw wrong();
            }
        }
        return members;
    }

    private char peek() {
        if (position >= text.length()) {
            throw wrong();
        }
        return text.charAt(position);
    }

    private void skipSpaces() {
        while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
            position++;
        }
    }

    private String bare() {
        int start = position;
        while (peek() != ',' && peek() != ']') {
            position++;
        }
        return text.substring(start, position).strip();
    }

    private String quoted() {
        char quote = text.charAt(position++);
        StringBuilder value = new StringBuilder();
        while (peek() != quote) {
            char c = text.charAt(position++);
            if (c == '\\') {
                value.append(escaped());
            } else {
                value.append(c);
            }
        }
        position++;
        return value.toString();
    }

    private String escaped() {
        char c = peek();
        position++;
        return switch (c) {
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            case '\\', '\'', '"' -> Character.toString(c);
            case 'x' -> code(2);
            case 'u' -> code(4);
            case 'U' -> code(8);
            default -> "\\" + c;
        };
    }

    private String code(int digits) {
        try {
            int code = Integer.parseInt(text, position, Math.min(text.length(), position + digits), 16);
            position += digits;
            return Character.toString(code);
        } catch (IllegalArgumentException e) {
            throw wrong();
        }
    }

    private DataException wrong() {
        String shown = text.length() > 80 ? text.substring(0, 80) + "..." : text;
        return new DataException("expected a list of texts such as ['a', 'b'], got " + shown);
    }
}
