package dev.mpo.data.prepare;

import dev.mpo.core.DataException;
import dev.mpo.data.prepare.ArchiveMembers.Member;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks archives below a folder, and nowhere else.
 *
 * <p>A member is written under a temporary name and renamed when its length and checksum are right, so that what has
 * its final name is whole: a second call goes on where the first was stopped. An archive that has been unpacked
 * completely is noted, and passed over as long as its files are the same.
 */
final class Unpacking {

    private static final String NOTES = ".mpo-prepare";
    private static final long EXEMPT_BYTES = 64L << 20;

    private final PrepareOptions options;
    private final Path target;
    private final FreeSpace space;
    private final PrepareProgress progress;
    private final long packedTotal;
    private final byte[] buffer = new byte[1 << 16];
    private long packedDone;
    private long bytesSeen;
    private long unpacked;
    private long present;
    private long bytes;

    Unpacking(PrepareOptions options, PrepareProgress progress, long packedTotal, FreeSpace space) throws IOException {
        this.options = options;
        this.progress = progress;
        this.packedTotal = packedTotal;
        this.space = space;
        this.target = options.target().toRealPath();
    }

    /**
     * Makes sure, before anything is unpacked, that there is room for all zip archives together. Other archives do not
     * tell their size in advance; each of their members is checked before it is written.
     */
    void requireSpace(List<ArchiveParts> archives) {
        long needed = 0;
        for (ArchiveParts archive : archives) {
            boolean zip = archive.kind() == ArchiveParts.Kind.ZIP || archive.kind() == ArchiveParts.Kind.SPANNED_ZIP;
            if (zip && !Files.exists(note(archive))) {
                needed += guarded(archive, () -> absentBytes(archive));
            }
        }
        if (needed > 0) {
            space.require(archives.size() + " archives", needed);
        }
    }

    /** Returns the bytes of the members that are not there yet. */
    private long absentBytes(ArchiveParts archive) throws IOException {
        long sum = 0;
        try (ArchiveMembers members = ArchiveMembers.open(archive)) {
            for (Member member = members.next(); member != null; member = members.next()) {
                if (!member.folder() && member.size() > 0 && !isPresent(path(folder(archive), member), member)) {
                    sum += member.size();
                }
            }
        }
        return Math.min(sum, options.maxBytes()); // what claims more is refused for that
    }

    private static @Nullable Path path(Path folder, Member member) {
        try {
            return folder.resolve(member.name().replace('\\', '/'));
        } catch (InvalidPathException e) {
            return null; // refused when its turn comes
        }
    }

    private static boolean isPresent(@Nullable Path file, Member member) throws IOException {
        return file != null
                && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && member.size() >= 0
                && Files.size(file) == member.size();
    }

    private Path folder(ArchiveParts archive) {
        Path folder = target.resolve(archive.name()).getParent();
        return folder == null ? target : folder;
    }

    private Path note(ArchiveParts archive) {
        return target.resolve(NOTES)
                .resolve(UUID.nameUUIDFromBytes(archive.version().getBytes(StandardCharsets.UTF_8)) + ".done");
    }

    /** Unpacks an archive into the folder in which it lies below the source, below the target. */
    void unpack(ArchiveParts archive) {
        Path note = note(archive);
        long before = packedDone;
        guarded(archive, () -> {
            if (!Files.exists(note)) {
                unpackMembers(archive);
                Files.createDirectories(note.getParent());
                Files.writeString(note, archive.name() + System.lineSeparator());
            }
            return note;
        });
        packedDone = before + archive.bytes();
        progress.at(archive.name(), packedDone, packedTotal);
    }

    /** Something that reads an archive. */
    @FunctionalInterface
    private interface Work<T> {

        T run() throws IOException;
    }

    private static <T> T guarded(ArchiveParts archive, Work<T> work) {
        try {
            return work.run();
        } catch (IOException | RuntimeException e) {
            if (e instanceof DataException data) {
                throw data;
            }
            throw new DataException(
                    archive.parts().get(archive.parts().size() - 1) + ": cannot be unpacked (" + e.getMessage()
                            + "). Fix: download the archive and all of its parts again, then repeat the command",
                    e);
        }
    }

    private void unpackMembers(ArchiveParts archive) throws IOException {
        Path folder = folder(archive);
        long packedBytes = archive.bytes();
        long unpackedBytes = 0;
        try (ArchiveMembers members = ArchiveMembers.open(archive)) {
            for (Member member = members.next(); member != null; member = members.next()) {
                Path file = place(archive, folder, member);
                if (member.folder()) {
                    continue;
                }
                long limit = Math.min(
                        options.maxBytes() - bytesSeen,
                        Math.max(EXEMPT_BYTES, (long) (packedBytes * options.maxRatio())) - unpackedBytes);
                if (member.size() > limit) {
                    throw bomb(archive, member);
                }
                long length = write(archive, members, member, file, limit);
                unpackedBytes += length;
                bytesSeen += length;
                packedDone += Math.max(0, member.packed());
                progress.at(archive.name(), Math.min(packedDone, packedTotal), packedTotal);
            }
        }
    }

    /** Returns where a member goes, having made sure that it is below the target. */
    private Path place(ArchiveParts archive, Path folder, Member member) throws IOException {
        Path relative;
        try {
            relative = Path.of(member.name().replace('\\', '/'));
        } catch (InvalidPathException e) {
            throw unsafe(archive, member, "its name is no path");
        }
        boolean climbs = relative.isAbsolute() || member.name().matches("^[A-Za-z]:.*");
        for (Path part : relative) {
            climbs |= part.toString().equals("..");
        }
        Path file = folder.resolve(relative).normalize();
        if (climbs || !file.startsWith(target)) {
            throw unsafe(archive, member, "it would be written outside of " + target);
        }
        if (!member.folder() && !member.plain()) {
            throw unsafe(archive, member, "it is a link or a device");
        }
        Path parent = member.folder() ? file : file.getParent();
        if (parent == null || (file.equals(target) && !member.folder())) {
            throw unsafe(archive, member, "it has no name");
        }
        Files.createDirectories(parent);
        if (!parent.toRealPath().startsWith(target)) {
            throw unsafe(archive, member, "a link in the target folder leads out of it");
        }
        return file;
    }

    private long write(ArchiveParts archive, ArchiveMembers members, Member member, Path file, long limit)
            throws IOException {
        if (isPresent(file, member)) {
            present++;
            return member.size();
        }
        space.require(archive.name(), member.size());
        Path temporary = file.resolveSibling("." + file.getFileName() + ".mpo-part");
        Files.deleteIfExists(temporary);
        CRC32 crc = new CRC32();
        long length = 0;
        try (InputStream input = members.open();
                OutputStream output = Files.newOutputStream(temporary)) {
            for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
                length += read;
                if (length > limit || (member.size() >= 0 && length > member.size())) {
                    throw bomb(archive, member);
                }
                crc.update(buffer, 0, read);
                output.write(buffer, 0, read);
            }
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        if ((member.size() >= 0 && length != member.size()) || (member.crc() >= 0 && crc.getValue() != member.crc())) {
            Files.deleteIfExists(temporary);
            throw new IOException("its member " + member.name() + " is damaged: length or checksum does not match");
        }
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        unpacked++;
        bytes += length;
        return length;
    }

    private DataException bomb(ArchiveParts archive, Member member) {
        return new DataException(archive.name() + ": its member " + member.name() + " unpacks to more than is allowed ("
                + options.maxBytes() + " bytes for all archives, " + options.maxRatio()
                + " times the size of an archive), or to more than the archive claims. Fix: if the archive is to be"
                + " trusted, raise --max-bytes or --max-ratio; otherwise delete it");
    }

    private static DataException unsafe(ArchiveParts archive, Member member, String why) {
        return new DataException(archive.name() + ": refused its member \"" + member.name() + "\": " + why
                + ". Fix: delete the archive; an archive of images has no such member");
    }

    long unpacked() {
        return unpacked;
    }

    long present() {
        return present;
    }

    long bytes() {
        return bytes;
    }
}
