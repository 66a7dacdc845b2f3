package dev.mpo.core.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A native tensor: a shape, an element type and memory on one device.
 *
 * <p>A tensor belongs to exactly one {@link Scope}, which frees it; {@link #close()} frees it earlier and
 * {@link #moveTo(Scope)} hands it to a scope that lives longer. There is no finalizer. A tensor is confined to one
 * thread at a time.
 */
public final class Tensor implements AutoCloseable {

    private long handle;
    private @Nullable Scope owner;
    int slot;
    private long @Nullable [] shape;
    private @Nullable DType dtype;

    Tensor(long handle, Scope owner) {
        this.handle = handle;
        this.owner = owner;
    }

    long handle() {
        if (handle == 0) {
            throw new IllegalStateException("tensor used after it was closed");
        }
        return handle;
    }

    /** Returns the extent of every dimension; do not modify. */
    public long[] shape() {
        if (shape == null) {
            shape = LibTorch.sizes(handle());
        }
        return shape;
    }

    /** Returns the extent of one dimension; negative counts from the last. */
    public long size(int dimension) {
        long[] s = shape();
        return s[dimension < 0 ? s.length + dimension : dimension];
    }

    /** Returns the number of elements. */
    public long numel() {
        long n = 1;
        for (long extent : shape()) {
            n *= extent;
        }
        return n;
    }

    /** Returns the element type. */
    public DType dtype() {
        if (dtype == null) {
            dtype = DType.ofTorchNumber(Tensors.OPS.callLong("dtype_of", this));
        }
        return dtype;
    }

    /** Hands this tensor to another scope and returns it. */
    public Tensor moveTo(Scope scope) {
        if (owner != null) {
            owner.release(this);
        }
        scope.adopt(this);
        owner = scope;
        return this;
    }

    /** Copies the elements, converted to single precision, in row-major order. */
    public float[] toFloatArray() {
        try (Scope scope = new Scope()) {
            Tensor plain = Tensors.toCpu(scope, this, DType.FLOAT32);
            float[] out = new float[Math.toIntExact(numel())];
            plain.bytes().asFloatBuffer().get(out);
            return out;
        }
    }

    /** Copies the elements, converted to double precision, in row-major order. */
    public double[] toDoubleArray() {
        try (Scope scope = new Scope()) {
            Tensor plain = Tensors.toCpu(scope, this, DType.FLOAT64);
            double[] out = new double[Math.toIntExact(numel())];
            plain.bytes().asDoubleBuffer().get(out);
            return out;
        }
    }

    /** Copies the elements, converted to 64-bit integers, in row-major order. */
    public long[] toLongArray() {
        try (Scope scope = new Scope()) {
            Tensor plain = Tensors.toCpu(scope, this, DType.INT64);
            long[] out = new long[Math.toIntExact(numel())];
            plain.bytes().asLongBuffer().get(out);
            return out;
        }
    }

    /** Returns the single element of a one-element tensor. */
    public double item() {
        return Tensors.OPS.callDouble("item_of", this);
    }

    /**
     * Returns this tensor's memory, without a copy: writes change the tensor. The tensor must be contiguous, on the CPU
     * and smaller than 2 GiB, and must outlive the buffer.
     *
     * @throws IllegalStateException if the tensor is on another device, whose memory this process cannot read
     */
    public ByteBuffer bytes() {
        if (numel() == 0) {
            return ByteBuffer.allocate(0).order(ByteOrder.nativeOrder());
        }
        if (!LibTorch.isOnHost(handle())) {
            throw new IllegalStateException("only a tensor of the host has bytes to read: copy it with Tensors.toCpu");
        }
        return LibTorch.directBuffer(handle()).order(ByteOrder.nativeOrder());
    }

    /** Frees the native memory now; closing twice is harmless. */
    @Override
    public void close() {
        if (owner != null) {
            owner.release(this);
            owner = null;
        }
        free();
    }

    void free() {
        if (handle != 0) {
            LibTorch.deleteTensor(handle);
            handle = 0;
        }
    }

    /** Describes the shape and, when known, the type; for messages. */
    @Override
    public String toString() {
        return handle == 0 ? "Tensor(closed)" : "Tensor" + Arrays.toString(shape());
    }
}
