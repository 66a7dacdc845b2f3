package dev.mpo.core.tensor;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;

/**
 * General operations on tensors: creation, conversion, views, files and gradients. Results belong to the given scope.
 */
public final class Tensors {

    static final OperatorLibrary OPS = OperatorLibrary.compile("""
            def dtype_of(self, x: Tensor) -> int:
              return ops.prim.dtype(x)
            def item_of(self, x: Tensor) -> float:
              return float(torch.item(torch.to(x, 7)))
            def empty(self, shape: List[int], dtype: int, device: str) -> Tensor:
              return torch.empty(shape, dtype=dtype, layout=None, device=torch.device(device))
            def zeros(self, shape: List[int], dtype: int, device: str) -> Tensor:
              return torch.zeros(shape, dtype=dtype, layout=None, device=torch.device(device))
            def to_cpu(self, x: Tensor, dtype: int) -> Tensor:
              return torch.contiguous(torch.to(torch.detach(x), torch.device("cpu"), dtype))
            def to_device(self, x: Tensor, device: str) -> Tensor:
              return torch.to(x, torch.device(device), ops.prim.dtype(x))
            def to_dtype(self, x: Tensor, dtype: int) -> Tensor:
              return torch.to(x, dtype)
            def first_element(self, x: Tensor) -> Tensor:
              if torch.is_contiguous(x):
                return torch.narrow(torch.view(x, [-1]), 0, 0, 1)
              raise AssertionError("the tensor is not contiguous")
            def narrow_view(self, x: Tensor, start: int, length: int, shape: List[int]) -> Tensor:
              return torch.view(torch.narrow(x, 0, start, length), shape)
            def copy_into(self, target: Tensor, source: Tensor) -> int:
              r = torch.copy_(target, torch.view_as(source, target))
              return 0
            def zero_(self, x: Tensor) -> int:
              r = torch.zero_(x)
              return 0
            def mul_(self, x: Tensor, factor: float) -> int:
              r = torch.mul_(x, factor)
              return 0
            def map_file(self, path: str, length: int, dtype: int) -> Tensor:
              return torch.from_file(path, False, length, dtype=dtype)
            def squared_norm(self, x: Tensor) -> float:
              n = torch.numel(x)
              whole = n // 1024 * 1024
              total = 0.
              if whole > 0:
                rows = torch.linalg_vector_norm(torch.view(torch.narrow(x, 0, 0, whole), [-1, 1024]), 2, [1], False, dtype=None)
                wide = torch.to(rows, 7)
                total = total + float(torch.item(torch.sum(torch.mul(wide, wide))))
              if whole < n:
                rest = torch.to(torch.narrow(x, 0, whole, n - whole), 7)
                total = total + float(torch.item(torch.sum(torch.mul(rest, rest))))
              return total
            def leaf(self, x: Tensor) -> Tensor:
              return torch.requires_grad_(torch.detach(x), True)
            def leaves(self, xs: List[Tensor]) -> List[Tensor]:
              out = annotate(List[Tensor], [])
              for i in range(torch.len(xs)):
                r = torch.append(out, torch.requires_grad_(torch.detach(xs[i]), True))
              return out
            def gradients(self, y: Tensor, gy: Tensor, xs: List[Tensor]) -> List[Tensor]:
              go = annotate(Optional[List[Optional[Tensor]]], [gy])
              g = torch.grad([y], xs, go, False, False, False)
              out = annotate(List[Tensor], [])
              for i in range(torch.len(g)):
                r = torch.append(out, unchecked_cast(Tensor, g[i]))
              return out
            def accumulate(self, y: Tensor, gy: Tensor, inputs: List[Tensor], params: List[Tensor], sums: List[Tensor]) -> List[Tensor]:
              go = annotate(Optional[List[Optional[Tensor]]], [gy])
              g = torch.grad([y], torch.add(inputs, params), go, False, False, False)
              n = torch.len(inputs)
              for j in range(torch.len(sums)):
                r = torch.add_(sums[j], unchecked_cast(Tensor, g[n + j]))
              out = annotate(List[Tensor], [])
              for i in range(n):
                r2 = torch.append(out, unchecked_cast(Tensor, g[i]))
              return out
            """);

    private Tensors() {}

    /** Creates a tensor with undefined content. */
    public static Tensor empty(Scope scope, Device device, DType dtype, long... shape) {
        return OPS.call(scope, "empty", shape, dtype, device.name());
    }

    /** Creates a tensor of zeros. */
    public static Tensor zeros(Scope scope, Device device, DType dtype, long... shape) {
        return OPS.call(scope, "zeros", shape, dtype, device.name());
    }

    /** Creates a single-precision tensor from row-major values. */
    public static Tensor of(Scope scope, Device device, float[] values, long... shape) {
        Tensor host = empty(scope, Device.CPU, DType.FLOAT32, shape);
        host.bytes().asFloatBuffer().put(values);
        return toDevice(scope, host, device);
    }

    /** Creates a double-precision tensor from row-major values. */
    public static Tensor of(Scope scope, Device device, double[] values, long... shape) {
        Tensor host = empty(scope, Device.CPU, DType.FLOAT64, shape);
        host.bytes().asDoubleBuffer().put(values);
        return toDevice(scope, host, device);
    }

    /** Creates a 64-bit integer tensor from row-major values. */
    public static Tensor of(Scope scope, Device device, long[] values, long... shape) {
        Tensor host = empty(scope, Device.CPU, DType.INT64, shape);
        host.bytes().asLongBuffer().put(values);
        return toDevice(scope, host, device);
    }

    /** Creates a 64-bit integer vector from 32-bit values. */
    public static Tensor of(Scope scope, Device device, int[] values) {
        Tensor host = empty(scope, Device.CPU, DType.INT64, values.length);
        LongBuffer out = host.bytes().asLongBuffer();
        for (int value : values) {
            out.put(value);
        }
        return toDevice(scope, host, device);
    }

    /** Creates a byte tensor from row-major values. */
    public static Tensor of(Scope scope, Device device, byte[] values, long... shape) {
        Tensor host = empty(scope, Device.CPU, DType.UINT8, shape);
        ByteBuffer out = host.bytes();
        out.put(values);
        return toDevice(scope, host, device);
    }

    /** Returns the tensor on a device: itself if it is there already. */
    public static Tensor toDevice(Scope scope, Tensor x, Device device) {
        return device.isCpu() ? x : OPS.call(scope, "to_device", x, device.name());
    }

    /** Returns a contiguous copy or alias on the CPU in the given type. */
    public static Tensor toCpu(Scope scope, Tensor x, DType dtype) {
        return OPS.call(scope, "to_cpu", x, dtype);
    }

    /** Converts the element type, differentiably; an alias when nothing changes. */
    public static Tensor to(Scope scope, Tensor x, DType dtype) {
        return OPS.call(scope, "to_dtype", x, dtype);
    }

    /** Returns a view of {@code length} elements of a vector from {@code start}, in the given shape. */
    public static Tensor view(Scope scope, Tensor vector, long start, long length, long... shape) {
        return OPS.call(scope, "narrow_view", vector, start, length, shape);
    }

    /**
     * Returns the address of the first element of a contiguous tensor in the memory of its device, 0 for a tensor
     * without elements; for libraries that move tensors between processes. It is valid as long as the memory lives.
     *
     * @throws RuntimeException if the tensor is not contiguous
     */
    public static long address(Tensor x) {
        if (x.numel() == 0) {
            return 0;
        }
        // A view of one element, since the buffer of a whole tensor is limited to 2 GiB.
        try (Scope scope = new Scope()) {
            Tensor first = OPS.call(scope, "first_element", x);
            return Pointer.nativeValue(Native.getDirectBufferPointer(LibTorch.directBuffer(first.handle())));
        }
    }

    /** Copies the elements of {@code source} into {@code target}, converting type and device; the counts must agree. */
    public static void copy(Tensor source, Tensor target) {
        OPS.run("copy_into", target, source);
    }

    /** Sets every element to zero. */
    public static void zero(Tensor x) {
        OPS.run("zero_", x);
    }

    /** Multiplies every element in place. */
    public static void scale(Tensor x, double factor) {
        OPS.run("mul_", x, factor);
    }

    /**
     * Maps the beginning of a file as a vector without reading it; pages load when touched. The file must be at least
     * {@code length} elements long.
     */
    public static Tensor mapFile(Scope scope, Path file, long length, DType dtype) {
        return OPS.call(scope, "map_file", file.toString(), length, dtype);
    }

    /**
     * Returns the sum of squares of a vector. Rows of 1024 are summed in the vector's type and then in double
     * precision: libtorch's single-precision norm of a long vector is wrong by up to half a percent.
     */
    public static double squaredNorm(Tensor vector) {
        return OPS.callDouble("squared_norm", vector);
    }

    /** Returns an alias that starts a new autograd graph. */
    public static Tensor leaf(Scope scope, Tensor x) {
        return OPS.call(scope, "leaf", x);
    }

    /** Returns aliases that start a new autograd graph. */
    public static Tensor[] leaves(Scope scope, Tensor... xs) {
        return OPS.callList(scope, "leaves", (Object) xs);
    }

    /** Returns the gradients of {@code y}, weighted by {@code gy}, with respect to leaves that it depends on. */
    public static Tensor[] gradients(Scope scope, Tensor y, Tensor gy, Tensor... xs) {
        return OPS.callList(scope, "gradients", y, gy, xs);
    }

    /**
     * Differentiates {@code y}, weighted by {@code gy}: adds the gradient of {@code parameters[i]} to {@code sums[i]}
     * and returns the gradients of {@code inputs}. The graph of {@code y} is freed.
     */
    public static Tensor[] accumulate(
            Scope scope, Tensor y, Tensor gy, Tensor[] inputs, Tensor[] parameters, Tensor[] sums) {
        return OPS.callList(scope, "accumulate", y, gy, inputs, parameters, sums);
    }
}
