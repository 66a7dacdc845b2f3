package dev.mpo.core.tensor;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;

/**
 * The raw native calls that this project makes into DJL's libtorch binding.
 *
 * <p>DJL's public way to run a TorchScript method switches autograd off and wraps every argument; these handles call
 * the same native functions directly. They are bound once, by name, against the DJL version that the build pins.
 */
final class LibTorch {

    private static final NDManager BASE;
    private static final MethodHandle RUN;
    private static final MethodHandle FROM_TENSOR;
    private static final MethodHandle FROM_TENSORS;
    private static final MethodHandle FROM_LONG;
    private static final MethodHandle FROM_LONGS;
    private static final MethodHandle FROM_DOUBLE;
    private static final MethodHandle FROM_DOUBLES;
    private static final MethodHandle FROM_BOOL;
    private static final MethodHandle FROM_STRING;
    private static final MethodHandle TO_TENSOR;
    private static final MethodHandle TO_TENSORS;
    private static final MethodHandle TO_LONG;
    private static final MethodHandle TO_DOUBLE;
    private static final MethodHandle DELETE_VALUE;
    private static final MethodHandle DELETE_TENSOR;
    private static final MethodHandle SIZES;
    private static final MethodHandle DIRECT_BUFFER;
    private static final MethodHandle DEVICE;
    private static final MethodHandle SET_GRAD_MODE;
    private static final MethodHandle OPTIMIZE;

    /** Each thread starts with the profiling executor and autograd off; both are thread-local inside libtorch. */
    private static final ThreadLocal<Boolean> PREPARED = ThreadLocal.withInitial(LibTorch::prepareThread);

    static {
        try {
            Engine engine = Engine.getEngine("PyTorch");
            BASE = engine.newBaseManager();
            MklDispatch.widen();
            Class<?> type = Class.forName("ai.djl.pytorch.jni.PyTorchLibrary");
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            Object library = lookup.findStaticGetter(type, "LIB", type).invoke();
            Binder binder = new Binder(lookup, type, library);
            Class<?> id = long.class;
            RUN = binder.bind("moduleRunMethod", id, id, String.class, long[].class, boolean.class, boolean.class);
            FROM_TENSOR = binder.bind("iValueFromTensor", id, id);
            FROM_TENSORS = binder.bind("iValueFromTensorList", id, long[].class);
            FROM_LONG = binder.bind("iValueFromLong", id, long.class);
            FROM_LONGS = binder.bind("iValueFromLongList", id, long[].class);
            FROM_DOUBLE = binder.bind("iValueFromDouble", id, double.class);
            FROM_DOUBLES = binder.bind("iValueFromDoubleList", id, double[].class);
            FROM_BOOL = binder.bind("iValueFromBool", id, boolean.class);
            FROM_STRING = binder.bind("iValueFromString", id, String.class);
            TO_TENSOR = binder.bind("iValueToTensor", id, id);
            TO_TENSORS = binder.bind("iValueToTensorList", long[].class, id);
            TO_LONG = binder.bind("iValueToLong", long.class, id);
            TO_DOUBLE = binder.bind("iValueToDouble", double.class, id);
            DELETE_VALUE = binder.bind("torchDeleteIValue", void.class, id);
            DELETE_TENSOR = binder.bind("torchDeleteTensor", void.class, id);
            SIZES = binder.bind("torchSizes", long[].class, id);
            DEVICE = binder.bind("torchDevice", int[].class, id);
            DIRECT_BUFFER = binder.bind("torchDirectByteBuffer", ByteBuffer.class, id);
            SET_GRAD_MODE = binder.bind("torchSetGradMode", void.class, boolean.class);
            OPTIMIZE = binder.bind("setGraphExecutorOptimize", void.class, boolean.class);
        } catch (Throwable t) {
            throw new ExceptionInInitializerError(t);
        }
    }

    private LibTorch() {}

    private record Binder(MethodHandles.Lookup lookup, Class<?> type, Object library) {
        MethodHandle bind(String name, Class<?> result, Class<?>... arguments) throws ReflectiveOperationException {
            return lookup.findVirtual(type, name, MethodType.methodType(result, arguments))
                    .bindTo(library);
        }
    }

    private static Boolean prepareThread() {
        try {
            OPTIMIZE.invokeExact(false);
            SET_GRAD_MODE.invokeExact(false);
        } catch (Throwable t) {
            throw rethrow(t);
        }
        return true;
    }

    /** Loads a TorchScript archive for inference and training; the module lives as long as the process. */
    static long loadModule(byte[] archive) {
        PREPARED.get();
        try (ByteArrayInputStream in = new ByteArrayInputStream(archive)) {
            PtSymbolBlock block = JniUtils.loadModule((PtNDManager) BASE, in, false, false);
            return block.getHandle();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a method of a module; the arguments are consumed, the caller deletes the returned value. */
    static long run(long module, String method, Object[] arguments) {
        PREPARED.get();
        long[] values = new long[arguments.length];
        int n = 0;
        try {
            for (; n < values.length; n++) {
                values[n] = value(arguments[n]);
            }
            return (long) RUN.invokeExact(module, method, values, true, false);
        } catch (Throwable t) {
            throw rethrow(t);
        } finally {
            for (int i = 0; i < n; i++) {
                deleteValue(values[i]);
            }
        }
    }

    private static long value(Object argument) throws Throwable {
        if (argument instanceof Tensor t) {
            return (long) FROM_TENSOR.invokeExact(t.handle());
        } else if (argument instanceof Tensor[] list) {
            return (long) FROM_TENSORS.invokeExact(handles(list));
        } else if (argument instanceof Integer i) {
            return (long) FROM_LONG.invokeExact((long) i);
        } else if (argument instanceof Long l) {
            return (long) FROM_LONG.invokeExact((long) l);
        } else if (argument instanceof long[] list) {
            return (long) FROM_LONGS.invokeExact(list);
        } else if (argument instanceof Double d) {
            return (long) FROM_DOUBLE.invokeExact((double) d);
        } else if (argument instanceof double[] list) {
            return (long) FROM_DOUBLES.invokeExact(list);
        } else if (argument instanceof Boolean b) {
            return (long) FROM_BOOL.invokeExact((boolean) b);
        } else if (argument instanceof String s) {
            return (long) FROM_STRING.invokeExact(s);
        } else if (argument instanceof DType d) {
            return (long) FROM_LONG.invokeExact((long) d.torchNumber());
        }
        throw new IllegalArgumentException("an operator cannot take a " + argument.getClass());
    }

    private static long[] handles(Tensor[] tensors) {
        long[] handles = new long[tensors.length];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = tensors[i].handle();
        }
        return handles;
    }

    static long toTensor(long value) {
        try {
            return (long) TO_TENSOR.invokeExact(value);
        } catch (Throwable t) {
            throw rethrow(t);
        } finally {
            deleteValue(value);
        }
    }

    static long[] toTensors(long value) {
        try {
            return (long[]) TO_TENSORS.invokeExact(value);
        } catch (Throwable t) {
            throw rethrow(t);
        } finally {
            deleteValue(value);
        }
    }

    static long toLong(long value) {
        try {
            return (long) TO_LONG.invokeExact(value);
        } catch (Throwable t) {
            throw rethrow(t);
        } finally {
            deleteValue(value);
        }
    }

    static double toDouble(long value) {
        try {
            return (double) TO_DOUBLE.invokeExact(value);
        } catch (Throwable t) {
            throw rethrow(t);
        } finally {
            deleteValue(value);
        }
    }

    static void deleteValue(long value) {
        try {
            DELETE_VALUE.invokeExact(value);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    static void deleteTensor(long tensor) {
        try {
            DELETE_TENSOR.invokeExact(tensor);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    static long[] sizes(long tensor) {
        try {
            return (long[]) SIZES.invokeExact(tensor);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** Returns whether a tensor lies in the memory of the host. */
    static boolean isOnHost(long tensor) {
        try {
            return ((int[]) DEVICE.invokeExact(tensor))[0] == 0;
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** Returns the memory of a contiguous CPU tensor of less than 2 GiB; valid only while the tensor lives. */
    static ByteBuffer directBuffer(long tensor) {
        try {
            return (ByteBuffer) DIRECT_BUFFER.invokeExact(tensor);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    static void setGradMode(boolean on) {
        PREPARED.get();
        try {
            SET_GRAD_MODE.invokeExact(on);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    static void setNumThreads(int numThreads) {
        PREPARED.get();
        JniUtils.setNumThreads(numThreads);
    }

    static int numGpus() {
        return BASE.getEngine().getGpuCount();
    }

    static int numThreads() {
        PREPARED.get();
        return JniUtils.getNumThreads();
    }

    private static RuntimeException rethrow(Throwable t) {
        if (t instanceof RuntimeException e) {
            return e;
        }
        if (t instanceof Error e) {
            throw e;
        }
        return new IllegalStateException(t);
    }
}
