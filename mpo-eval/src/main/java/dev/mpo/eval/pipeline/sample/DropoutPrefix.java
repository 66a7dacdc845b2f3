package dev.mpo.eval.pipeline.sample;

import dev.mpo.eval.judge.text.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The beginning of an answer that DropoutNTP lets the model continue without the image.
 *
 * <p>The words of a text are what stands between spaces; the prefix keeps the first {@code int(words x startRatio)} of
 * them and is stripped. Chinese, Japanese and Thai are written without spaces, so that by this rule a whole paragraph
 * is one word and nothing is kept; with {@link Words#SCRIPT_AWARE} each character of such a script is a word of its
 * own.
 */
public final class DropoutPrefix {

    /** What a word is. */
    public enum Words {
        /** What stands between spaces: the reference's rule. */
        SPACES,
        /**
         * As {@link #SPACES}, but each character of a script that is written without spaces (Han, Hiragana, Katakana,
         * Thai, Lao, Khmer, Myanmar) ends a word, together with the marks and punctuation that follow it. Runs of other
         * characters stay whole. Texts without such characters are split as by {@link #SPACES}.
         */
        SCRIPT_AWARE
    }

    private static final String SPACE = " ";

    private DropoutPrefix() {}

    /**
     * Returns the prefix of a text.
     *
     * @param startRatio the share of the words that is kept, from 0 to 1
     */
    public static String of(String text, double startRatio, Words words) {
        if (!(startRatio >= 0 && startRatio <= 1)) {
            throw new IllegalArgumentException("start ratio " + startRatio);
        }
        List<String> pieces = words == Words.SPACES ? bySpaces(text) : byScript(text);
        int kept = (int) (pieces.size() * startRatio);
        return PythonText.strip(pieces.stream().limit(kept).collect(Collectors.joining()));
    }

    /** Each word with the space after it, so that joining them gives the text back. */
    private static List<String> bySpaces(String text) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int end = text.indexOf(SPACE); end >= 0; end = text.indexOf(SPACE, start)) {
            words.add(text.substring(start, end + 1));
            start = end + 1;
        }
        words.add(text.substring(start));
        return words;
    }

    private static List<String> byScript(String text) {
        List<String> words = new ArrayList<>();
        for (String word : bySpaces(text)) {
            splitByScript(word, words);
        }
        return words;
    }

    private static void splitByScript(String word, List<String> words) {
        StringBuilder current = new StringBuilder();
        boolean spaceless = false; // the current word ends with a character of a script without spaces
        int[] characters = word.codePoints().toArray();
        for (int character : characters) {
            boolean follows = isMark(character) || (spaceless && !Character.isLetterOrDigit(character));
            boolean starts = !follows && (spaceless || isSpaceless(character));
            if (starts && current.length() > 0) {
                words.add(current.toString());
                current.setLength(0);
            }
            current.appendCodePoint(character);
            spaceless = follows ? spaceless : isSpaceless(character);
        }
        words.add(current.toString());
    }

    private static boolean isMark(int character) {
        int type = Character.getType(character);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    private static boolean isSpaceless(int character) {
        if (!Character.isLetter(character)) {
            return false;
        }
        return switch (Character.UnicodeScript.of(character)) {
            case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> true;
            // The prolonged sound mark and the like, shared by the two kana.
            default -> Character.UnicodeBlock.KATAKANA.equals(Character.UnicodeBlock.of(character));
        };
    }
}
