package dev.mpo.train.callback;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * A file of TFRecords: each record is its length (8 bytes, little endian), a checksum of the length, the bytes, and a
 * checksum of the bytes. A reader that follows a growing file sees whole records only, because each is flushed.
 */
final class RecordFile implements AutoCloseable {

    private static final int MASK_ROTATION = 15;
    private static final int MASK_DELTA = 0xa282ead8;

    private final OutputStream out;

    /** Creates or replaces a file. */
    RecordFile(Path file) throws IOException {
        out = new BufferedOutputStream(Files.newOutputStream(file));
    }

    /** Appends one record. */
    void write(byte[] record) throws IOException {
        byte[] length = littleEndian(Long.BYTES).putLong(record.length).array();
        out.write(length);
        out.write(checksum(length));
        out.write(record);
        out.write(checksum(record));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private static byte[] checksum(byte[] bytes) {
        return littleEndian(Integer.BYTES).putInt(maskedCrc(bytes)).array();
    }

    /** CRC-32C, rotated and shifted so that the checksum of data that holds checksums is no special value. */
    static int maskedCrc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return Integer.rotateRight((int) crc.getValue(), MASK_ROTATION) + MASK_DELTA;
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
