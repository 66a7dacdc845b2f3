package dev.mpo.data.text;

import java.util.Arrays;

/**
 * The alphabet of byte-level vocabularies: a printable character for each of the 256 bytes.
 *
 * <p>Printable Latin-1 bytes stand for themselves; the others take the characters from U+0100 on, in order.
 */
final class ByteSymbols {

    private static final char[] SYMBOLS = symbols();
    private static final int[] BYTES = bytes();

    private ByteSymbols() {}

    /** Returns the character that stands for a byte (0..255). */
    static char symbol(int value) {
        return SYMBOLS[value];
    }

    /** Returns the bytes that a token of the alphabet stands for; characters outside of it are skipped. */
    static byte[] toBytes(String token) {
        byte[] bytes = new byte[token.length()];
        int n = 0;
        for (int i = 0; i < token.length(); i++) {
            char c = token.charAt(i);
            if (c < BYTES.length && BYTES[c] >= 0) {
                bytes[n++] = (byte) BYTES[c];
            }
        }
        return n == bytes.length ? bytes : Arrays.copyOf(bytes, n);
    }

    private static char[] symbols() {
        char[] symbols = new char[256];
        char next = 0x100;
        for (int b = 0; b < symbols.length; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            symbols[b] = printable ? (char) b : next++;
        }
        return symbols;
    }

    private static int[] bytes() {
        int[] bytes = new int[0x100 + 68];
        Arrays.fill(bytes, -1);
        for (int b = 0; b < SYMBOLS.length; b++) {
            bytes[SYMBOLS[b]] = b;
        }
        return bytes;
    }
}
