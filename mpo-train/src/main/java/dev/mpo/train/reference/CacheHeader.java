package dev.mpo.train.reference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The beginning of a cache file: what its records were computed from.
 *
 * <p>Little-endian: 8 bytes {@code MPOLOGPS}, int32 version, int32 length of the header in bytes (a multiple of 32),
 * the parts of the key as a JSON object padded with spaces, and in the last 4 bytes the CRC-32C of all before.
 */
final class CacheHeader {

    /** Bytes that tell whether a file is a cache and how long its header is. */
    static final int PREAMBLE_BYTES = 16;

    private static final byte[] MAGIC = "MPOLOGPS".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int MAX_BYTES = 1 << 24;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private CacheHeader() {}

    static byte[] write(CacheKey key) {
        byte[] json = json(key);
        int length = align(PREAMBLE_BYTES + json.length + 4);
        ByteBuffer out = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.fill(out.array(), (byte) ' ');
        out.put(MAGIC).putInt(VERSION).putInt(length).put(json);
        out.position(length - 4).putInt(checksum(out.array(), length - 4));
        return out.array();
    }

    private static int align(int length) {
        return (length + LogpsRecord.BYTES - 1) / LogpsRecord.BYTES * LogpsRecord.BYTES;
    }

    private static byte[] json(CacheKey key) {
        try {
            return JSON.writeValueAsBytes(key.parts());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the length of the header that begins with these bytes, or 0 if they begin no header of this version. */
    static int length(byte[] preamble) {
        if (preamble.length < PREAMBLE_BYTES || !Arrays.equals(preamble, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            return 0;
        }
        ByteBuffer in = ByteBuffer.wrap(preamble).order(ByteOrder.LITTLE_ENDIAN).position(MAGIC.length);
        int version = in.getInt();
        int length = in.getInt();
        boolean plausible = length > PREAMBLE_BYTES && length <= MAX_BYTES && length % LogpsRecord.BYTES == 0;
        return version == VERSION && plausible ? length : 0;
    }

    /** Reads a whole header; empty if it is damaged. */
    static Optional<CacheKey> read(byte[] header) {
        int length = length(header);
        if (length == 0 || header.length != length) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        if (in.getInt(length - 4) != checksum(header, length - 4)) {
            return Optional.empty();
        }
        try {
            String json = new String(header, PREAMBLE_BYTES, length - 4 - PREAMBLE_BYTES, StandardCharsets.UTF_8);
            return Optional.of(new CacheKey(JSON.readValue(json, new TypeReference<TreeMap<String, String>>() {})));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, length);
        return (int) sum.getValue();
    }
}
