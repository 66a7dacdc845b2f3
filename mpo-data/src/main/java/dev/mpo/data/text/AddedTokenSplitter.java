package dev.mpo.data.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Cuts text at added tokens: the leftmost match wins, and of those that start there the longest. */
final class AddedTokenSplitter {

    private final Node root = new Node();

    AddedTokenSplitter(Collection<AddedToken> tokens) {
        for (AddedToken token : tokens) {
            Node node = root;
            for (int i = 0; i < token.content().length(); i++) {
                node = node.next.computeIfAbsent(token.content().charAt(i), c -> new Node());
            }
            node.token = token;
        }
    }

    /**
     * A stretch of the text.
     *
     * @param text how it reads
     * @param token the token that it is, or null for ordinary text
     */
    record Part(String text, @Nullable AddedToken token) {}

    /**
     * Returns the parts of a text in order, white space around tokens stripped as the tokens ask, none of them empty.
     */
    List<Part> split(String text) {
        List<Part> parts = cut(text);
        for (int i = 0; i < parts.size(); i++) {
            AddedToken token = parts.get(i).token();
            if (token != null) {
                applyConditions(parts, i, token);
            }
        }
        parts.removeIf(part -> part.text().isEmpty());
        return parts;
    }

    private List<Part> cut(String text) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        int at = 0;
        while (at < text.length()) {
            AddedToken token = longestAt(text, at);
            if (token == null) {
                at++;
                continue;
            }
            if (at > from) {
                parts.add(new Part(text.substring(from, at), null));
            }
            parts.add(new Part(token.content(), token));
            at += token.content().length();
            from = at;
        }
        if (from < text.length()) {
            parts.add(new Part(text.substring(from), null));
        }
        return parts;
    }

    private @Nullable AddedToken longestAt(String text, int at) {
        AddedToken longest = null;
        Node node = root;
        for (int i = at; i < text.length(); i++) {
            node = node.next.get(text.charAt(i));
            if (node == null) {
                break;
            }
            if (node.token != null) {
                longest = node.token;
            }
        }
        return longest;
    }

    /** Neighbours are looked at as they read after earlier tokens changed them, tokens included. */
    private static void applyConditions(List<Part> parts, int i, AddedToken token) {
        if (token.stripsRight() && i + 1 < parts.size()) {
            parts.set(
                    i + 1, with(parts.get(i + 1), stripLeading(parts.get(i + 1).text())));
        }
        if (token.stripsLeft() && i > 0) {
            parts.set(
                    i - 1, with(parts.get(i - 1), stripTrailing(parts.get(i - 1).text())));
        }
        if (!token.singleWord()) {
            return;
        }
        String left = i > 0 ? parts.get(i - 1).text() : "";
        String right = i + 1 < parts.size() ? parts.get(i + 1).text() : "";
        if (!left.isEmpty() && !left.endsWith(" ")) {
            parts.set(i - 1, new Part(left + token.content(), null));
            parts.set(i, new Part("", null));
        } else if (!right.isEmpty() && !right.startsWith(" ")) {
            parts.set(i + 1, new Part(token.content() + right, null));
            parts.set(i, new Part("", null));
        }
    }

    private static Part with(Part part, String text) {
        return part.text().equals(text) ? part : new Part(text, null);
    }

    private static String stripLeading(String text) {
        int from = 0;
        while (from < text.length() && isSpace(text.charAt(from))) {
            from++;
        }
        return text.substring(from);
    }

    private static String stripTrailing(String text) {
        int to = text.length();
        while (to > 0 && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(0, to);
    }

    /** White space as Python's {@code str.strip} sees it, no-break spaces included. */
    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }

    private static final class Node {
        private final Map<Character, Node> next = new HashMap<>();
        private @Nullable AddedToken token;
    }
}
