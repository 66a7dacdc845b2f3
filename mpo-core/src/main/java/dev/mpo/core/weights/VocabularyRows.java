package dev.mpo.core.weights;

import dev.mpo.core.safetensors.NumberFormats;
import dev.mpo.core.safetensors.StoredType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Gives the rows of new tokens a start: the mean of all other rows of the same table. */
public final class VocabularyRows {

    private static final int BUFFER_BYTES = 4 << 20;

    private VocabularyRows() {}

    /**
     * Sets the last rows of a table to the mean of the rows before them, summed in double precision.
     *
     * @param values holds the table
     * @param parameter the table's full internal name
     * @param numRows rows of the table
     * @param width elements of a row
     * @param numNewRows rows at the end to set; at least one row must remain before them
     */
    public static void fillNew(ParameterStore values, String parameter, long numRows, int width, long numNewRows) {
        long numOld = numRows - numNewRows;
        if (numNewRows < 0 || numOld < 1) {
            throw new IllegalArgumentException(numNewRows + " of " + numRows + " rows cannot be new");
        }
        ByteBuffer mean = encode(mean(values, parameter, numOld, width), values.type(parameter));
        for (long row = numOld; row < numRows; row++) {
            values.write(parameter, row * width, mean.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    private static float[] mean(ParameterStore values, String parameter, long numRows, int width) {
        StoredType type = values.type(parameter);
        int atOnce = Math.max(1, BUFFER_BYTES / (width * Float.BYTES));
        ByteBuffer raw = buffer((long) atOnce * width * type.numBytes());
        ByteBuffer single = buffer((long) atOnce * width * Float.BYTES);
        double[] sums = new double[width];
        for (long row = 0; row < numRows; row += atOnce) {
            int rows = (int) Math.min(atOnce, numRows - row);
            raw.clear().limit(rows * width * type.numBytes());
            values.read(parameter, row * width, raw);
            single.clear();
            NumberFormats.convert(raw.flip(), type, single, StoredType.F32);
            single.flip();
            for (int i = 0; i < rows * width; i++) {
                sums[i % width] += single.getFloat(i * Float.BYTES);
            }
        }
        float[] mean = new float[width];
        for (int i = 0; i < width; i++) {
            mean[i] = (float) (sums[i] / numRows);
        }
        return mean;
    }

    private static ByteBuffer encode(float[] row, StoredType type) {
        ByteBuffer single = buffer((long) row.length * Float.BYTES);
        single.asFloatBuffer().put(row);
        ByteBuffer encoded = buffer((long) row.length * type.numBytes());
        NumberFormats.convert(single, StoredType.F32, encoded, type);
        return encoded.flip();
    }

    private static ByteBuffer buffer(long numBytes) {
        return ByteBuffer.allocate(Math.toIntExact(numBytes)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
