package dev.mpo.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The arrays of a numpy {@code .npz} archive, held in memory: little-endian numbers in C order.
 *
 * <p>Unsuitable input is an {@link IllegalArgumentException}, as a test's own mistake.
 */
public final class NpzFile {

    private static final String SUFFIX = ".npy";
    private static final Pattern HEADER = Pattern.compile(
            "'descr':\\s*'([<|=])([a-z])(\\d+)'.*'fortran_order':\\s*(True|False).*'shape':\\s*\\(([^)]*)\\)");

    private record Entry(char kind, int itemSize, List<Integer> shape, ByteBuffer data) {}

    private final Map<String, Entry> entries;

    private NpzFile(Map<String, Entry> entries) {
        this.entries = entries;
    }

    /** Reads a whole archive. */
    public static NpzFile load(Path file) throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        try (InputStream raw = Files.newInputStream(file);
                ZipInputStream zip = new ZipInputStream(raw)) {
            for (ZipEntry item = zip.getNextEntry(); item != null; item = zip.getNextEntry()) {
                String name = item.getName();
                if (name.endsWith(SUFFIX)) {
                    String key = name.substring(0, name.length() - SUFFIX.length());
                    entries.put(key, parse(file + "!" + name, zip.readAllBytes()));
                }
            }
        }
        return new NpzFile(entries);
    }

    /** Returns the names of the arrays in the order of the archive. */
    public Set<String> names() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /** Returns the sizes of an array's dimensions, slowest first. */
    public List<Integer> shape(String name) {
        return entry(name).shape();
    }

    /** Returns the elements of an array of bytes or booleans. */
    public byte[] bytes(String name) {
        Entry entry = entry(name);
        require(entry.itemSize() == 1, name, "one-byte items", entry);
        byte[] values = new byte[entry.data().remaining()];
        entry.data().duplicate().get(values);
        return values;
    }

    /** Returns the elements of an array of float32. */
    public float[] floats(String name) {
        Entry entry = entry(name);
        require(entry.kind() == 'f' && entry.itemSize() == Float.BYTES, name, "float32", entry);
        float[] values = new float[entry.data().remaining() / Float.BYTES];
        little(entry).asFloatBuffer().get(values);
        return values;
    }

    /** Returns the elements of an array of float64. */
    public double[] doubles(String name) {
        Entry entry = entry(name);
        require(entry.kind() == 'f' && entry.itemSize() == Double.BYTES, name, "float64", entry);
        double[] values = new double[entry.data().remaining() / Double.BYTES];
        little(entry).asDoubleBuffer().get(values);
        return values;
    }

    /** Returns the elements of an array of int32 or int64, widened. */
    public long[] longs(String name) {
        Entry entry = entry(name);
        require(entry.kind() == 'i' && entry.itemSize() >= Integer.BYTES, name, "int32 or int64", entry);
        ByteBuffer data = little(entry);
        long[] values = new long[data.remaining() / entry.itemSize()];
        for (int i = 0; i < values.length; i++) {
            values[i] = entry.itemSize() == Integer.BYTES ? data.getInt() : data.getLong();
        }
        return values;
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("no array '" + name + "' in the archive, only " + entries.keySet());
        }
        return entry;
    }

    private static ByteBuffer little(Entry entry) {
        return entry.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Entry parse(String where, byte[] npy) {
        ByteBuffer buffer = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN);
        int major = npy[6];
        int headerStart = major == 1 ? 10 : 12;
        int headerLength = major == 1 ? buffer.getShort(8) & 0xffff : buffer.getInt(8);
        String header = new String(npy, headerStart, headerLength, StandardCharsets.ISO_8859_1);
        Matcher matcher = HEADER.matcher(header);
        if (!matcher.find() || matcher.group(4).equals("True")) {
            throw new IllegalArgumentException(where + ": not a little-endian array in C order: " + header.strip());
        }
        List<Integer> shape = Stream.of(matcher.group(5).split(","))
                .map(String::strip)
                .filter(size -> !size.isEmpty())
                .map(Integer::valueOf)
                .toList();
        buffer.position(headerStart + headerLength);
        return new Entry(matcher.group(2).charAt(0), Integer.parseInt(matcher.group(3)), shape, buffer.slice());
    }

    private static void require(boolean holds, String name, String expected, Entry entry) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "array '" + name + "': expected " + expected + ", found " + entry.kind() + entry.itemSize());
        }
    }
}
