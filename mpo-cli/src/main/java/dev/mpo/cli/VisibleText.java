package dev.mpo.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/**
 * Text from outside (paths, answers, servers' words) made harmless for a terminal: control characters, which could move
 * the cursor, change the window or hide what follows, are shown as {@code \\x1b}. Tabs and line breaks stay.
 */
final class VisibleText {

    private static final int DELETE = 0x7f;
    private static final int LAST_CONTROL = 0x9f;

    private VisibleText() {}

    /** Returns the text with its control characters shown. */
    static String of(String text) {
        if (text.chars().noneMatch(VisibleText::isHidden)) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length() + 16);
        text.chars().forEach(c -> append(shown, (char) c));
        return shown.toString();
    }

    /** Returns a writer that shows the control characters of whatever passes through it. */
    static Writer writer(Writer target) {
        return new FilterWriter(target) {
            @Override
            public void write(int c) throws IOException {
                out.write(of(Character.toString((char) c)));
            }

            @Override
            public void write(char[] characters, int offset, int length) throws IOException {
                out.write(of(new String(characters, offset, length)));
            }

            @Override
            public void write(String text, int offset, int length) throws IOException {
                out.write(of(text.substring(offset, offset + length)));
            }
        };
    }

    private static void append(StringBuilder shown, char c) {
        if (isHidden(c)) {
            shown.append(c <= 0xff ? "\\x%02x".formatted((int) c) : "\\u%04x".formatted((int) c));
        } else {
            shown.append(c);
        }
    }

    /** Control characters, and the marks that turn the direction of text around. */
    private static boolean isHidden(int c) {
        boolean control = (c < ' ' && c != '\n' && c != '\t' && c != '\r') || (c >= DELETE && c <= LAST_CONTROL);
        return control || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    }
}
