package dev.mpo.core.tensor;

/** The element type of a {@link Tensor}, with the number by which libtorch knows it and its size in bytes. */
public enum DType {
    /** Unsigned 8-bit integers: pixels. */
    UINT8(0, 1),
    /** 32-bit integers. */
    INT32(3, 4),
    /** 64-bit integers: token ids and row indices. */
    INT64(4, 8),
    /** IEEE half precision. */
    FLOAT16(5, 2),
    /** IEEE single precision. */
    FLOAT32(6, 4),
    /** IEEE double precision. */
    FLOAT64(7, 8),
    /** Truth values. */
    BOOL(11, 1),
    /** Brain floating point: the upper half of a single. */
    BFLOAT16(15, 2);

    private final int torchNumber;
    private final int numBytes;

    DType(int torchNumber, int numBytes) {
        this.torchNumber = torchNumber;
        this.numBytes = numBytes;
    }

    int torchNumber() {
        return torchNumber;
    }

    /** Returns the size of one element in bytes. */
    public int numBytes() {
        return numBytes;
    }

    static DType ofTorchNumber(long number) {
        for (DType type : values()) {
            if (type.torchNumber == number) {
                return type;
            }
        }
        throw new IllegalStateException("libtorch scalar type " + number + " has no DType");
    }
}
