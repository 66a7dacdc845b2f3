package dev.mpo.data.jsonl;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Packs bytes as the programs gzip and zstd do, checksums included. */
final class PackedRows {

    private PackedRows() {}

    static byte[] pack(PackedFormat format, byte[] plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream packer = packer(format, bytes)) {
            packer.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static OutputStream packer(PackedFormat format, OutputStream target) throws IOException {
        return switch (format) {
            case GZIP -> new GZIPOutputStream(target);
            case ZSTD -> new ZstdOutputStream(target).setChecksum(true);
        };
    }

    /** Returns the name of an annotation file of a format. */
    static String name(PackedFormat format) {
        return format == PackedFormat.GZIP ? "rows.jsonl.gz" : "rows.jsonl.zst";
    }
}
