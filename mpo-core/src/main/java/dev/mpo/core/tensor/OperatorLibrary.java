package dev.mpo.core.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A set of operators written as TorchScript functions and compiled when first used.
 *
 * <p>The source is a sequence of methods, each beginning {@code def name(self, ...)}; {@code self} is typed for you and
 * methods may call each other through it. Calls run with autograd when {@link GradMode} is on. Arguments are tensors,
 * arrays of tensors, numbers, booleans, strings, {@code long[]}, {@code double[]} and {@link DType}.
 */
public final class OperatorLibrary {

    private static final String HEADER =
            "class Ops(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n";

    private final long module;

    private OperatorLibrary(long module) {
        this.module = module;
    }

    /**
     * Compiles TorchScript methods.
     *
     * @throws RuntimeException with the compiler's message if the source is wrong: a programmer error
     */
    public static OperatorLibrary compile(String methods) {
        String typed = methods.replace("(self,", "(self: __torch__.Ops,").indent(2);
        return new OperatorLibrary(LibTorch.loadModule(archive(HEADER + typed)));
    }

    /** Runs a method that returns one tensor, which {@code scope} then owns. */
    public Tensor call(Scope scope, String method, Object... arguments) {
        return scope.own(LibTorch.toTensor(LibTorch.run(module, method, arguments)));
    }

    /** Runs a method that returns a list of tensors, which {@code scope} then owns. */
    public Tensor[] callList(Scope scope, String method, Object... arguments) {
        long[] handles = LibTorch.toTensors(LibTorch.run(module, method, arguments));
        Tensor[] tensors = new Tensor[handles.length];
        for (int i = 0; i < handles.length; i++) {
            tensors[i] = scope.own(handles[i]);
        }
        return tensors;
    }

    /** Runs a method that returns an integer. */
    public long callLong(String method, Object... arguments) {
        return LibTorch.toLong(LibTorch.run(module, method, arguments));
    }

    /** Runs a method that returns a floating-point number. */
    public double callDouble(String method, Object... arguments) {
        return LibTorch.toDouble(LibTorch.run(module, method, arguments));
    }

    /** Runs a method for its effect. */
    public void run(String method, Object... arguments) {
        LibTorch.deleteValue(LibTorch.run(module, method, arguments));
    }

    /** Writes the smallest archive that libtorch loads: a pickled empty module, its code and a version. */
    private static byte[] archive(String code) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "ops/data.pkl", pickledModule());
            put(zip, "ops/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
            put(zip, "ops/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            put(zip, "ops/version", "10\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Pickle protocol 2 of {@code Ops()} with state {@code {"training": True}}. */
    private static byte[] pickledModule() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(new byte[] {(byte) 0x80, 2});
        out.write("c__torch__\nOps\nq\0)".getBytes(StandardCharsets.US_ASCII));
        out.write(0x81);
        out.write("}(X".getBytes(StandardCharsets.US_ASCII));
        byte[] key = "training".getBytes(StandardCharsets.US_ASCII);
        out.write(new byte[] {(byte) key.length, 0, 0, 0});
        out.write(key);
        out.write(new byte[] {(byte) 0x88, 'u', 'b', '.'});
        return out.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
