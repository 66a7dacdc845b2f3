package dev.mpo.train.callback;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Builds one message in the protocol buffer wire format: fields one after the other, each a key (number and wire type)
 * followed by its value. It knows the four kinds of field that TensorBoard's events are made of.
 */
final class ProtobufWriter {

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED_32 = 5;
    private static final int VARINT_BITS = 7;
    private static final int VARINT_MASK = (1 << VARINT_BITS) - 1;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Adds an {@code int64} field. */
    ProtobufWriter int64(int field, long value) {
        key(field, VARINT);
        varint(value);
        return this;
    }

    /** Adds a {@code double} field. */
    ProtobufWriter float64(int field, double value) {
        key(field, FIXED_64);
        littleEndian(Double.doubleToRawLongBits(value), Double.BYTES);
        return this;
    }

    /** Adds a {@code float} field. */
    ProtobufWriter float32(int field, float value) {
        key(field, FIXED_32);
        littleEndian(Float.floatToRawIntBits(value), Float.BYTES);
        return this;
    }

    /** Adds a {@code string} field. */
    ProtobufWriter string(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a field that is itself a message. */
    ProtobufWriter message(int field, ProtobufWriter value) {
        return bytes(field, value.toBytes());
    }

    /** Returns the message so far. */
    byte[] toBytes() {
        return bytes.toByteArray();
    }

    private ProtobufWriter bytes(int field, byte[] value) {
        key(field, LENGTH_DELIMITED);
        varint(value.length);
        bytes.writeBytes(value);
        return this;
    }

    private void key(int field, int wireType) {
        varint(((long) field << 3) | wireType);
    }

    /** Seven bits per byte, lowest first; the top bit says that more follow. */
    private void varint(long value) {
        long rest = value;
        while ((rest & ~VARINT_MASK) != 0) {
            bytes.write((int) (rest & VARINT_MASK) | (VARINT_MASK + 1));
            rest >>>= VARINT_BITS;
        }
        bytes.write((int) rest);
    }

    private void littleEndian(long bits, int numBytes) {
        for (int i = 0; i < numBytes; i++) {
            bytes.write((int) (bits >>> (Byte.SIZE * i)));
        }
    }
}
