package dev.mpo.data.source;

import dev.mpo.core.DataException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/**
 * Bytes written into the row itself as {@code data:[type][;base64],...} (RFC 2397).
 *
 * @param uri the whole URI
 */
record InlineMedia(String uri) implements Media {

    /** What such a URI begins with. */
    static final String SCHEME = "data:";

    private static final int SHOWN_CHARS = 40;

    @Override
    public String name() {
        return uri.length() <= SHOWN_CHARS
                ? uri
                : uri.substring(0, SHOWN_CHARS) + ".. (" + uri.length() + " characters)";
    }

    @Override
    public boolean isUrl() {
        return true;
    }

    @Override
    public byte[] read() {
        int comma = uri.indexOf(',');
        if (comma < 0) {
            throw new DataException("image " + name() + ": expected data:image/png;base64,.., found no comma."
                    + " Fix: write the URI whole");
        }
        String text = uri.substring(comma + 1);
        boolean base64 = uri.substring(0, comma).toLowerCase(Locale.ROOT).endsWith(";base64");
        try {
            byte[] bytes = percentDecoded(text);
            // The MIME decoder passes over line breaks, which long literals often have, but also over anything else.
            return base64 ? Base64.getDecoder().decode(withoutSpaces(bytes)) : bytes;
        } catch (IllegalArgumentException e) {
            throw new DataException(
                    "image " + name() + ": not valid " + (base64 ? "base64" : "percent encoding") + " (" + Reason.of(e)
                            + "). Fix: encode the file again",
                    e);
        }
    }

    @Override
    public void requirePresent() {
        read();
    }

    private static byte[] percentDecoded(String text) {
        if (text.indexOf('%') < 0) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            if (i + 2 >= text.length()) {
                throw new IllegalArgumentException("a % without two digits at its end");
            }
            bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
            i += 2;
        }
        return bytes.toByteArray();
    }

    private static byte[] withoutSpaces(byte[] text) {
        int length = 0;
        byte[] kept = new byte[text.length];
        for (byte b : text) {
            if (b > ' ') {
                kept[length++] = b;
            }
        }
        return java.util.Arrays.copyOf(kept, length);
    }
}
