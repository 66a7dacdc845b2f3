package dev.mpo.core.safetensors;

import java.util.Optional;

/** The number formats of safetensors files, by the names that the files use. */
public enum StoredType {
    /** IEEE double. */
    F64(8),
    /** IEEE single. */
    F32(4),
    /** IEEE half. */
    F16(2),
    /** The upper half of an IEEE single. */
    BF16(2),
    /** Signed 64-bit integer. */
    I64(8),
    /** Signed 32-bit integer. */
    I32(4),
    /** Signed 16-bit integer. */
    I16(2),
    /** Signed 8-bit integer. */
    I8(1),
    /** Unsigned 64-bit integer. */
    U64(8),
    /** Unsigned 32-bit integer. */
    U32(4),
    /** Unsigned 16-bit integer. */
    U16(2),
    /** Unsigned 8-bit integer. */
    U8(1),
    /** One byte per truth value. */
    BOOL(1),
    /** 8-bit float with 5 exponent bits. */
    F8_E5M2(1),
    /** 8-bit float with 4 exponent bits. */
    F8_E4M3(1);

    private final int numBytes;

    StoredType(int numBytes) {
        this.numBytes = numBytes;
    }

    /** Returns the bytes of one element. */
    public int numBytes() {
        return numBytes;
    }

    /** Whether weights may be stored so: single, half or bfloat16. */
    public boolean isWeightType() {
        return this == F32 || this == F16 || this == BF16;
    }

    static Optional<StoredType> named(String name) {
        for (StoredType type : values()) {
            if (type.name().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
