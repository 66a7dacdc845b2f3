package dev.mpo.core.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;

/** Finds out from the text itself what a parser stumbled over, because the parser's own words are about its options. */
final class JsonFault {

    private static final String NO_CHARACTER = "\0";
    private static final int MAX_KEY = 60;

    private final String text;
    private final int at;

    private JsonFault(String text, int at) {
        this.text = text;
        this.at = at;
    }

    static MalformedJsonException in(String text, JsonProcessingException failure) {
        int line = failure.getLocation() == null ? 0 : failure.getLocation().getLineNr();
        long offset = failure.getLocation() == null ? 0 : failure.getLocation().getCharOffset();
        int at = (int) Math.max(0, Math.min(offset, text.length() - 1L));
        return new MalformedJsonException(Math.max(0, line), "is not valid JSON: " + finding(text, at, failure));
    }

    /** The parser reports the end of a word that it does not know. */
    private static int wordStart(String text, int at) {
        int start = at;
        while (start > 0 && Character.isLetter(text.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    private static String finding(String text, int at, JsonProcessingException failure) {
        String message = String.valueOf(failure.getOriginalMessage());
        if (failure instanceof StreamConstraintsException) {
            return message.contains("nesting")
                    ? "objects and lists are nested more than 1,000 deep"
                    : "a number, key or text in it is absurdly long";
        }
        if (failure instanceof JsonEOFException) {
            return "it ends in the middle, so it was cut short";
        }
        if (message.startsWith("Duplicate")) {
            int from = message.indexOf('\'');
            int to = message.lastIndexOf('\'');
            String key = from < to ? message.substring(from + 1, Math.min(to, from + 1 + MAX_KEY)) : "";
            return "the key \"" + key + "\" is written twice in one object";
        }
        if (failure instanceof MismatchedInputException) {
            return "something follows after its end";
        }
        if (message.startsWith("Illegal unquoted character")) {
            return "a text in it runs over the end of its line or has a control character";
        }
        if (message.startsWith("Unrecognized token")) {
            JsonFault word = new JsonFault(text, wordStart(text, at));
            return word.fallback(word.describe(word.at));
        }
        JsonFault fault = new JsonFault(text, at);
        String here = fault.describe(at);
        return here.isEmpty() && at > 0 ? fault.fallback(fault.describe(at - 1)) : fault.fallback(here);
    }

    private String fallback(String found) {
        return found.isEmpty() ? "it reads \"" + excerpt() + "\" where something else must stand" : found;
    }

    /** Returns what is wrong if the fault is at a position, or nothing if that position is innocent. */
    private String describe(int position) {
        char found = text.charAt(position);
        String before = lastBefore(position);
        if (found == '}' || found == ']') {
            return before.equals(",") ? "a comma stands before the closing " + found + "; remove it" : "";
        }
        if (found == ',') {
            return ",[{:".contains(before) ? "a comma stands where a value must; remove it" : "";
        }
        if (found == '\'') {
            return "a text stands in single quotes; JSON wants double ones";
        }
        if (found == '/' || found == '#') {
            return "it has a comment, which JSON does not know; remove it";
        }
        if (text.startsWith("True", position)
                || text.startsWith("False", position)
                || text.startsWith("None", position)) {
            return "it has Python's True, False or None; JSON writes true, false, null";
        }
        boolean afterValue = !before.isEmpty() && !",:[{".contains(before);
        return found == '"' && afterValue ? "a comma or a colon is missing before the text that begins here" : "";
    }

    private String lastBefore(int position) {
        for (int i = position - 1; i >= 0; i--) {
            if (!Character.isWhitespace(text.charAt(i))) {
                return text.substring(i, i + 1);
            }
        }
        return NO_CHARACTER;
    }

    private String excerpt() {
        int from = Math.max(0, at - 1);
        String part = text.substring(from, Math.min(text.length(), from + 12)).strip();
        return part.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
