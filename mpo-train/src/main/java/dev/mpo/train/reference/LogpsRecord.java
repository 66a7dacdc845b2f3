package dev.mpo.train.reference;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The log-probabilities of one row, as a cache file stores them.
 *
 * <p>32 bytes, little-endian: int32 data set, int32 row, float64 chosen, float64 rejected, uint32 checksum of what the
 * model saw, uint32 CRC-32C of the 28 bytes before.
 *
 * @param dataset place of the data set in the meta file, from 0
 * @param row 0-based line of its annotation file
 * @param chosen summed log-probability of the chosen answer, in nats
 * @param rejected summed log-probability of the rejected answer, in nats
 * @param content checksum of the pair's tokens, labels and pixels
 */
record LogpsRecord(int dataset, int row, double chosen, double rejected, int content) {

    static final int BYTES = 32;
    private static final int CHECKED_BYTES = BYTES - 4;

    void write(ByteBuffer out) {
        int start = out.position();
        out.putInt(dataset).putInt(row).putDouble(chosen).putDouble(rejected).putInt(content);
        out.putInt(checksum(out, start));
    }

    /** Reads a record, or returns null if its checksum is wrong; either way the buffer moves on. */
    static @Nullable LogpsRecord read(ByteBuffer in) {
        int start = in.position();
        LogpsRecord record = new LogpsRecord(in.getInt(), in.getInt(), in.getDouble(), in.getDouble(), in.getInt());
        return in.getInt() == checksum(in, start) ? record : null;
    }

    private static int checksum(ByteBuffer buffer, int start) {
        CRC32C sum = new CRC32C();
        sum.update(buffer.duplicate().position(start).limit(start + CHECKED_BYTES));
        return (int) sum.getValue();
    }
}
