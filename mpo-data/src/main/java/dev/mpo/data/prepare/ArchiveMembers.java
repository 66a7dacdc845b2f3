package dev.mpo.data.prepare;

import com.github.luben.zstd.ZstdInputStream;
import dev.mpo.core.DataException;
import dev.mpo.core.json.LfsPointer;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.archivers.zip.ZipSplitReadOnlySeekableByteChannel;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.utils.MultiReadOnlySeekableByteChannel;
import org.jspecify.annotations.Nullable;

/** Walks through the members of an archive once. */
interface ArchiveMembers extends Closeable {

    /**
     * A member.
     *
     * @param size bytes that the archive claims
     * @param packed bytes in the archive; the claimed size where a member is not packed on its own
     * @param crc checksum of its bytes; -1 if the archive has none
     * @param folder whether it is a folder
     * @param plain whether it is a file, not a link or a device
     */
    record Member(String name, long size, long packed, long crc, boolean folder, boolean plain) {}

    /** Goes to the next member; returns null at the end. */
    @Nullable Member next() throws IOException;

    /** Returns the bytes of the member last returned; closing it is up to the caller. */
    InputStream open() throws IOException;

    /** Opens an archive. */
    static ArchiveMembers open(ArchiveParts archive) throws IOException {
        for (Path part : archive.parts()) {
            if (LfsPointer.isAt(part)) {
                throw new DataException(part + " " + LfsPointer.explanation());
            }
        }
        return switch (archive.kind()) {
            case ZIP -> new ZipMembers(joined(archive.parts()));
            case SPANNED_ZIP ->
                new ZipMembers(ZipSplitReadOnlySeekableByteChannel.forPaths(archive.parts(), openOptions()));
            case TAR -> new TarMembers(stream(archive));
            case TAR_GZ -> new TarMembers(new GzipCompressorInputStream(stream(archive), true));
            case TAR_ZST -> new TarMembers(new ZstdInputStream(stream(archive)));
        };
    }

    private static OpenOption[] openOptions() {
        return new OpenOption[] {StandardOpenOption.READ};
    }

    private static SeekableByteChannel joined(List<Path> parts) throws IOException {
        if (parts.size() == 1) {
            return Files.newByteChannel(parts.get(0));
        }
        List<SeekableByteChannel> channels = new ArrayList<>();
        for (Path part : parts) {
            channels.add(Files.newByteChannel(part));
        }
        return new MultiReadOnlySeekableByteChannel(channels);
    }

    private static InputStream stream(ArchiveParts archive) throws IOException {
        return new BufferedInputStream(Channels.newInputStream(joined(archive.parts())), 1 << 16);
    }

    /** The members of a zip in the order in which they lie in it. */
    final class ZipMembers implements ArchiveMembers {

        private final ZipFile zip;
        private final Enumeration<ZipArchiveEntry> entries;
        private @Nullable ZipArchiveEntry current;

        ZipMembers(SeekableByteChannel channel) throws IOException {
            try {
                zip = ZipFile.builder().setSeekableByteChannel(channel).get();
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
            entries = zip.getEntriesInPhysicalOrder();
        }

        @Override
        public @Nullable Member next() {
            if (!entries.hasMoreElements()) {
                return null;
            }
            ZipArchiveEntry entry = entries.nextElement();
            current = entry;
            return new Member(
                    entry.getName(),
                    entry.getSize(),
                    entry.getCompressedSize(),
                    entry.getCrc(),
                    entry.isDirectory(),
                    !entry.isUnixSymlink());
        }

        @Override
        public InputStream open() throws IOException {
            if (current == null || !zip.canReadEntryData(current)) {
                throw new IOException("the member is encrypted or packed by an unknown method");
            }
            return zip.getInputStream(current);
        }

        @Override
        public void close() throws IOException {
            zip.close();
        }
    }

    /** The members of a tar. */
    final class TarMembers implements ArchiveMembers {

        private final TarArchiveInputStream tar;

        TarMembers(InputStream input) {
            tar = new TarArchiveInputStream(input, StandardCharsets.UTF_8.name());
        }

        @Override
        public @Nullable Member next() throws IOException {
            TarArchiveEntry entry = tar.getNextEntry();
            if (entry == null) {
                return null;
            }
            boolean plain = entry.isFile() && !entry.isLink() && !entry.isSymbolicLink();
            return new Member(entry.getName(), entry.getRealSize(), entry.getSize(), -1, entry.isDirectory(), plain);
        }

        @Override
        public InputStream open() {
            return new FilterInputStream(tar) {
                @Override
                public void close() {} // the archive goes on behind its member
            };
        }

        @Override
        public void close() throws IOException {
            tar.close();
        }
    }
}
