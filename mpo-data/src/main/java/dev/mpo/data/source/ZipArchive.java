package dev.mpo.data.source;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** A zip archive, zip64 included; its directory is held in memory by the Java runtime, about 100 bytes a member. */
final class ZipArchive implements Archive {

    private final ZipFile zip;

    ZipArchive(Path file) throws IOException {
        try {
            zip = new ZipFile(file.toFile());
        } catch (IllegalArgumentException e) {
            throw new IOException("a zip archive with a damaged directory (" + Reason.of(e) + ")", e);
        }
    }

    @Override
    public byte[] read(String member) throws IOException {
        ZipEntry entry = entry(member);
        if (entry.getSize() > MAX_MEMBER_BYTES) {
            throw new IOException("the member claims " + entry.getSize() + " bytes, more than " + MAX_MEMBER_BYTES);
        }
        byte[] bytes;
        try (InputStream input = zip.getInputStream(entry)) {
            if (input == null) {
                throw new FileNotFoundException("no such member");
            }
            // One byte more than the directory claims: a member that holds more must not be cut silently.
            int claimed = (int) Math.max(0, entry.getSize());
            bytes = input.readNBytes(claimed);
            if (bytes.length < claimed) {
                throw new EOFException("the member ends after " + bytes.length + " of " + claimed + " bytes");
            }
            if (input.read() >= 0) {
                throw new IOException("the member is longer than the " + claimed + " bytes that the archive claims");
            }
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new IOException(Reason.of(e), e);
        }
        CRC32 crc = new CRC32();
        crc.update(bytes);
        if (entry.getCrc() >= 0 && crc.getValue() != entry.getCrc()) {
            throw new IOException("the member is damaged: its checksum does not match");
        }
        return bytes;
    }

    @Override
    public void require(String member) throws IOException {
        entry(member);
    }

    private ZipEntry entry(String member) throws IOException {
        ZipEntry entry = find(member);
        if (entry == null) {
            throw new FileNotFoundException("found no such member among " + zip.size());
        }
        if (entry.isDirectory()) {
            throw new IOException("the member is a folder");
        }
        return entry;
    }

    private @Nullable ZipEntry find(String member) {
        ZipEntry entry = zip.getEntry(member);
        return entry == null ? zip.getEntry("./" + member) : entry;
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
