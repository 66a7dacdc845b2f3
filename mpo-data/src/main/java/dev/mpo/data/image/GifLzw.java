package dev.mpo.data.image;

import java.io.IOException;

/** Decompresses the palette indices of one GIF frame. */
final class GifLzw {

    private static final int MAX_CODES = 1 << 12;

    private final byte[] gif;
    private final int clear;
    private final int[] prefixes = new int[MAX_CODES];
    private final byte[] lasts = new byte[MAX_CODES];
    private final byte[] stack = new byte[MAX_CODES];

    private int at;
    private int leftInBlock;
    private long bits;
    private int numBits;

    private GifLzw(byte[] gif, int at, int rootBits) {
        this.gif = gif;
        this.at = at;
        this.clear = 1 << rootBits;
    }

    /**
     * Fills {@code indices} from the compressed bytes at {@code at}.
     *
     * @return how many there were, fewer than asked for when the file or its data end
     */
    static int decode(byte[] gif, int at, byte[] indices) throws IOException {
        if (at >= gif.length) {
            return 0;
        }
        int rootBits = gif[at];
        if (rootBits < 1 || rootBits > 8) {
            throw new IOException("codes of " + rootBits + " bits");
        }
        return new GifLzw(gif, at + 1, rootBits).decode(indices);
    }

    private int decode(byte[] indices) throws IOException {
        int filled = 0;
        int codeBits = Integer.numberOfTrailingZeros(clear) + 1;
        int next = clear + 2;
        int previous = -1;
        byte first = 0;
        while (filled < indices.length) {
            int code = read(codeBits);
            if (code < 0 || code == clear + 1) {
                return filled;
            }
            if (code == clear) {
                codeBits = Integer.numberOfTrailingZeros(clear) + 1;
                next = clear + 2;
                previous = -1;
                continue;
            }
            if (code > next || (previous < 0 ? code >= clear : code == next && next >= MAX_CODES)) {
                throw new IOException("the code " + code + ", which has no meaning yet");
            }
            int depth = 0;
            int walk = code;
            if (code == next) { // the one that is being defined: the previous string and its own first
                stack[depth++] = first;
                walk = previous;
            }
            for (; walk >= clear; walk = prefixes[walk]) {
                stack[depth++] = lasts[walk];
            }
            first = (byte) walk;
            stack[depth++] = first;
            while (depth > 0 && filled < indices.length) {
                indices[filled++] = stack[--depth];
            }
            if (previous >= 0 && next < MAX_CODES) {
                prefixes[next] = previous;
                lasts[next] = first;
                next++;
                if (next == 1 << codeBits && codeBits < 12) {
                    codeBits++;
                }
            }
            previous = code;
        }
        return filled;
    }

    /** Returns the next code, or -1 at the end; a block of data that is not all there counts as absent. */
    private int read(int codeBits) {
        while (numBits < codeBits) {
            if (leftInBlock == 0) {
                int length = at < gif.length ? gif[at] & 0xff : 0;
                if (length == 0 || length > gif.length - at - 1) {
                    return -1;
                }
                at++;
                leftInBlock = length;
            }
            bits |= (gif[at++] & 0xffL) << numBits;
            numBits += 8;
            leftInBlock--;
        }
        int code = (int) bits & ((1 << codeBits) - 1);
        bits >>>= codeBits;
        numBits -= codeBits;
        return code;
    }
}
