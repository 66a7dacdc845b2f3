package dev.mpo.data.source;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * An uncompressed tar archive. Its headers are read once, on opening; the members between them are passed over.
 *
 * <p>An archive that is damaged somewhere offers what lies before the damage.
 */
final class TarArchive implements Archive {

    private static final int BLOCK = 512;

    /** Where the bytes of a member lie. */
    private record Span(long offset, long length) {}

    private final FileChannel channel;
    private final Map<String, Span> members = new HashMap<>();
    private @Nullable String damage;

    private TarArchive(FileChannel channel) {
        this.channel = channel;
    }

    static TarArchive open(Path file) throws IOException {
        TarArchive archive = new TarArchive(FileChannel.open(file));
        try {
            archive.index();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            if (archive.members.isEmpty()) {
                archive.close();
                throw new IOException("expected a zip or tar archive, found neither (" + Reason.of(e) + ")", e);
            }
            archive.damage = Reason.of(e);
        }
        return archive;
    }

    private void index() throws IOException {
        long at = 0;
        while (at < channel.size()) {
            // A stream for each header, because one stream would read all that lies between the headers.
            ChannelInput input = new ChannelInput(channel, at);
            try (TarArchiveInputStream headers = new TarArchiveInputStream(input, StandardCharsets.UTF_8.name())) {
                TarArchiveEntry entry = headers.getNextEntry();
                if (entry == null) {
                    return;
                }
                long length = entry.getSize();
                if (length < 0 || length > channel.size() - input.position) {
                    throw new EOFException("the archive ends within " + entry.getName());
                }
                if (entry.isFile() && !entry.isLink() && !entry.isSymbolicLink() && !entry.isSparse()) {
                    members.put(Archive.plainName(entry.getName()), new Span(input.position, length));
                }
                at = input.position + (length + BLOCK - 1) / BLOCK * BLOCK;
            }
        }
    }

    @Override
    public byte[] read(String member) throws IOException {
        Span span = span(member);
        if (span.length > MAX_MEMBER_BYTES) {
            throw new IOException("the member has " + span.length + " bytes, more than " + MAX_MEMBER_BYTES);
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) span.length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, span.offset + bytes.position()) < 0) {
                throw new EOFException("the archive ends within the member");
            }
        }
        return bytes.array();
    }

    @Override
    public void require(String member) throws IOException {
        span(member);
    }

    private Span span(String member) throws IOException {
        Span span = members.get(member);
        if (span == null) {
            throw new FileNotFoundException("found no such file among the " + members.size() + " files in it"
                    + (damage == null ? "" : "; the archive is damaged behind them (" + damage + ")"));
        }
        return span;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Reads a channel from a position on, without moving the channel's own. */
    private static final class ChannelInput extends InputStream {

        private final FileChannel channel;
        private long position;

        ChannelInput(FileChannel channel, long position) {
            this.channel = channel;
            this.position = position;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = channel.read(ByteBuffer.wrap(bytes, offset, length), position);
            position += Math.max(0, read);
            return read;
        }
    }
}
