package dev.mpo.core.generate;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Turns the bytes of successive tokens into text: characters come out when they are complete, and text that may yet
 * become a stop string when it is known not to. Damaged bytes become U+FFFD.
 */
final class TextStream {

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final List<String> stopStrings;
    private final StringBuilder text = new StringBuilder();
    private ByteBuffer rest = ByteBuffer.allocate(0);
    private int released;
    private boolean stopped;

    TextStream(List<String> stopStrings) {
        this.stopStrings = stopStrings;
    }

    /** Adds the bytes of a token. */
    void add(byte[] bytes) {
        decode(bytes, false);
    }

    /** Says that no more bytes come: what was held back is text after all. */
    void finish() {
        if (!stopped) {
            decode(new byte[0], true);
        }
    }

    private void decode(byte[] bytes, boolean last) {
        ByteBuffer in = ByteBuffer.allocate(rest.remaining() + bytes.length);
        in.put(rest).put(bytes).flip();
        CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
        decoder.decode(in, out, last);
        rest = in;
        int from = text.length();
        text.append(out.flip());
        cutAtStop(from);
    }

    private void cutAtStop(int from) {
        int cut = -1;
        for (String stop : stopStrings) {
            int at = text.indexOf(stop, Math.max(0, from - stop.length() + 1));
            if (at >= 0 && (cut < 0 || at < cut)) {
                cut = at;
            }
        }
        if (cut >= 0) {
            text.setLength(cut);
            stopped = true;
        }
    }

    /** Returns whether a stop string came. */
    boolean stopped() {
        return stopped;
    }

    /** Returns the text that is certain and was not returned before; all of it once finished. */
    String release(boolean finished) {
        int end = finished || stopped ? text.length() : text.length() - heldBack();
        if (end <= released) {
            return "";
        }
        String piece = text.substring(released, end);
        released = end;
        return piece;
    }

    /** Returns the length of the longest end of the text with which a stop string begins. */
    private int heldBack() {
        int longest = 0;
        for (String stop : stopStrings) {
            for (int n = Math.min(stop.length() - 1, text.length()); n > longest; n--) {
                if (stop.startsWith(text.substring(text.length() - n))) {
                    longest = n;
                }
            }
        }
        return longest;
    }

    /** Returns the whole text so far. */
    String text() {
        return text.toString();
    }
}
