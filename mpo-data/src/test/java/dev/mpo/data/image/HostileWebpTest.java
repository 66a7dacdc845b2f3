package dev.mpo.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.DataException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * A lossless WebP of a few hundred bytes whose Huffman codes need more table entries than libwebp before 1.3.2 reserved
 * (CVE-2023-4863): there it wrote past the end of the table and the process ended.
 */
class HostileWebpTest {

    /** Numbers of codes of each length, 0 to 15 bits. The last is no complete code, and its table is too large. */
    private static final int[][] CODES_BY_LENGTH = {
        {0, 1, 1, 0, 0, 0, 0, 0, 0, 3, 229, 41, 1, 1, 1, 2},
        {0, 1, 1, 0, 0, 0, 0, 0, 0, 7, 241, 1, 1, 1, 1, 2},
        {0, 1, 1, 0, 0, 0, 0, 0, 0, 7, 241, 1, 1, 1, 1, 2},
        {0, 1, 1, 0, 0, 0, 0, 0, 0, 7, 241, 1, 1, 1, 1, 2},
        {0, 1, 1, 1, 1, 1, 0, 0, 0, 11, 5, 1, 10, 4, 2, 2},
    };

    private static final int[] ALPHABETS = {280, 256, 256, 256, 40};

    /** The order in which the lengths of the length codes are stored. */
    private static final int[] LENGTH_CODE_ORDER = {17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int held;
    private int numHeld;

    private void bits(int value, int count) {
        for (int i = 0; i < count; i++) {
            held |= (value >> i & 1) << numHeld++;
            if (numHeld == 8) {
                bytes.write(held);
                held = 0;
                numHeld = 0;
            }
        }
    }

    private byte[] file() {
        bits(0x2f, 8);
        bits(0, 14); // width 1
        bits(0, 14); // height 1
        bits(0, 1 + 3); // no alpha, version 0
        bits(0, 3); // no transform, no colour cache, one group of codes
        for (int code = 0; code < CODES_BY_LENGTH.length; code++) {
            bits(0, 1); // a normal code
            bits(LENGTH_CODE_ORDER.length - 4, 4);
            for (int symbol : LENGTH_CODE_ORDER) {
                bits(symbol < 16 ? 4 : 0, 3);
            }
            bits(0, 1); // all symbols follow
            int symbols = 0;
            for (int length = 0; length < 16; length++) {
                for (int i = 0; i < CODES_BY_LENGTH[code][length]; i++, symbols++) {
                    bits(Integer.reverse(length) >>> 28, 4);
                }
            }
            for (; symbols < ALPHABETS[code]; symbols++) {
                bits(0, 4);
            }
        }
        bits(0, 64);
        byte[] stream = bytes.toByteArray();
        int padded = stream.length + (stream.length & 1);
        ByteBuffer file = ByteBuffer.allocate(20 + padded).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(12 + padded);
        file.put("WEBPVP8L".getBytes(StandardCharsets.US_ASCII))
                .putInt(stream.length)
                .put(stream);
        return file.array();
    }

    @Test
    void codesThatNeedTooLargeATableAreRefused() {
        byte[] file = file();
        assertThat(file.length).isLessThan(700);
        for (int i = 0; i < 50; i++) {
            assertThatThrownBy(() -> ImageDecoder.decode(file, "hostile.webp"))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("hostile.webp");
        }
    }
}
