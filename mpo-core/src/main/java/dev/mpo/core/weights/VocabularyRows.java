package dev.mpo.core.weights;

import dev.mpo.core.safetensors.NumberFormats;
import dev.mpo.core.safetensors.StoredTensor;
import dev.mpo.core.safetensors.StoredType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Gives the rows of new tokens a start: the mean of the stored rows before them. */
final class VocabularyRows {

    private static final int BUFFER_ELEMENTS = 1 << 20;

    private VocabularyRows() {}

    /**
     * Sets rows of a token table to the mean of the stored rows before them, summed in double precision. The mean comes
     * from the file and not from the target, because a rank may own a part of the table.
     *
     * @param table the stored table, of shape [rows, width]
     * @param parameter the table's full internal name
     * @param rows the rows to set; at least one stored row must be before them
     */
    static void fill(StoredTensor table, String parameter, RowRange rows, ParameterStore target) throws IOException {
        int width = Math.toIntExact(table.info().shape().get(1));
        if (rows.first() < 1 || rows.first() > table.info().shape().get(0)) {
            throw new IllegalArgumentException("no mean of " + rows.first() + " rows of " + table.info());
        }
        ByteBuffer mean = encode(mean(table, rows.first(), width), target.type(parameter));
        for (long row = rows.first(); row < rows.first() + rows.count(); row++) {
            target.write(parameter, row * width, mean.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    private static float[] mean(StoredTensor table, long numRows, int width) throws IOException {
        StoredType type = table.info().type();
        ByteBuffer single = buffer((long) BUFFER_ELEMENTS * Float.BYTES);
        double[] sums = new double[width];
        table.read(0, numRows * width, (first, bytes) -> {
            long element = first;
            while (bytes.hasRemaining()) {
                int count = Math.min(BUFFER_ELEMENTS, bytes.remaining() / type.numBytes());
                ByteBuffer piece = bytes.slice(bytes.position(), count * type.numBytes());
                bytes.position(bytes.position() + count * type.numBytes());
                NumberFormats.convert(piece, type, single.clear(), StoredType.F32);
                for (int i = 0; i < count; i++) {
                    sums[(int) ((element + i) % width)] += single.getFloat(i * Float.BYTES);
                }
                element += count;
            }
        });
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
