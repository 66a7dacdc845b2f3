package dev.mpo.core.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/**
 * Conversions between single, half and bfloat16 in memory. Widening is exact; narrowing rounds to nearest, ties to
 * even, overflows to infinity and keeps NaN a NaN. Widening and narrowing again gives the same bits back.
 */
public final class NumberFormats {

    private NumberFormats() {}

    /**
     * Converts as many elements as the source holds, advancing both buffers.
     *
     * @param source elements of type {@code from}, little-endian
     * @param target room for as many elements of type {@code to}, little-endian
     */
    public static void convert(ByteBuffer source, StoredType from, ByteBuffer target, StoredType to) {
        if (!from.isWeightType() || !to.isWeightType()) {
            throw new IllegalArgumentException("no conversion from " + from + " to " + to);
        }
        int count = source.remaining() / from.numBytes();
        if (source.remaining() % from.numBytes() != 0 || target.remaining() < count * to.numBytes()) {
            throw new IllegalArgumentException("no room for " + count + " elements of " + to);
        }
        if (from == to) {
            target.put(source);
            return;
        }
        ByteBuffer in = source.slice().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer out = target.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (from == StoredType.F32) {
            narrow(in.asFloatBuffer(), out.asShortBuffer(), to, count);
        } else if (to == StoredType.F32) {
            widen(in.asShortBuffer(), from, out.asFloatBuffer(), count);
        } else {
            rewrite(in.asShortBuffer(), from, out.asShortBuffer(), to, count);
        }
        source.position(source.limit());
        target.position(target.position() + count * to.numBytes());
    }

    private static void widen(ShortBuffer in, StoredType from, FloatBuffer out, int count) {
        for (int i = 0; i < count; i++) {
            out.put(i, from == StoredType.BF16 ? bfloat16ToFloat(in.get(i)) : halfToFloat(in.get(i)));
        }
    }

    private static void narrow(FloatBuffer in, ShortBuffer out, StoredType to, int count) {
        for (int i = 0; i < count; i++) {
            out.put(i, to == StoredType.BF16 ? floatToBfloat16(in.get(i)) : floatToHalf(in.get(i)));
        }
    }

    private static void rewrite(ShortBuffer in, StoredType from, ShortBuffer out, StoredType to, int count) {
        for (int i = 0; i < count; i++) {
            float value = from == StoredType.BF16 ? bfloat16ToFloat(in.get(i)) : halfToFloat(in.get(i));
            out.put(i, to == StoredType.BF16 ? floatToBfloat16(value) : floatToHalf(value));
        }
    }

    /** Returns the value of bfloat16 bits. */
    public static float bfloat16ToFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** Returns the nearest bfloat16 of a value as bits. */
    public static short floatToBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            // Cutting a NaN's low bits could leave an infinity, so that case gets the quiet bit.
            int upper = bits >>> 16;
            return (short) ((upper & 0x7f) == 0 ? upper | 0x40 : upper);
        }
        // Adding just under half of the last kept place, and one more if that place is odd, rounds ties to even.
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    /** Returns the value of IEEE half bits. */
    public static float halfToFloat(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >>> 10) & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wide = exponent == 0x1f ? 0xff : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | (wide << 23) | (fraction << 13));
    }

    /** Returns the nearest IEEE half of a value as bits. */
    public static short floatToHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > 0x7f800000) {
            int fraction = (magnitude >>> 13) & 0x3ff;
            return (short) (sign | 0x7c00 | (fraction == 0 ? 0x200 : fraction));
        }
        if (magnitude >= 0x477ff000) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x38800000) {
            // Below the smallest normal half: count in units of its last place, 2^-24; rint rounds ties to even.
            return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24));
        }
        int rebased = magnitude - ((127 - 15) << 23);
        return (short) (sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13));
    }
}
