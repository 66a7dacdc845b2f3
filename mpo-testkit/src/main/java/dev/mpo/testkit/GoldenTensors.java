package dev.mpo.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A small safetensors file read whole, independently of the code under test. */
public final class GoldenTensors {

    /**
     * A tensor's values, widened to double.
     *
     * @param shape extents, outermost first
     * @param values row-major elements
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Values(long[] shape, double[] values) {

        /** Returns the values as floats. */
        public float[] floats() {
            float[] out = new float[values.length];
            for (int i = 0; i < out.length; i++) {
                out[i] = (float) values[i];
            }
            return out;
        }

        /** Returns the values as integers. */
        public int[] ints() {
            int[] out = new int[values.length];
            for (int i = 0; i < out.length; i++) {
                out[i] = (int) values[i];
            }
            return out;
        }
    }

    private GoldenTensors() {}

    /** Reads all tensors of a file. */
    public static Map<String, Values> read(Path file) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            int headerLength = Math.toIntExact(bytes.getLong(0));
            String header = new String(bytes.array(), 8, headerLength, StandardCharsets.UTF_8);
            Map<String, Values> all = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> entry :
                    new ObjectMapper().readTree(header).properties()) {
                if (!entry.getKey().equals("__metadata__")) {
                    all.put(entry.getKey(), values(bytes, 8 + headerLength, entry.getValue()));
                }
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Values values(ByteBuffer bytes, int dataStart, JsonNode entry) {
        long[] shape = new long[entry.get("shape").size()];
        int count = 1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = entry.get("shape").get(i).longValue();
            count *= (int) shape[i];
        }
        int start = dataStart + entry.get("data_offsets").get(0).intValue();
        double[] values = new double[count];
        String dtype = entry.get("dtype").textValue();
        for (int i = 0; i < count; i++) {
            values[i] = switch (dtype) {
                case "F32" -> bytes.getFloat(start + 4 * i);
                case "F64" -> bytes.getDouble(start + 8 * i);
                case "BF16" -> Float.intBitsToFloat(bytes.getShort(start + 2 * i) << 16);
                case "I64" -> bytes.getLong(start + 8 * i);
                default -> throw new IllegalArgumentException(dtype + " tensors are not read here");
            };
        }
        return new Values(shape, values);
    }
}
