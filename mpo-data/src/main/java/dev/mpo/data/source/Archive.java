package dev.mpo.data.source;

import dev.mpo.core.json.LfsPointer;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarUtils;

/** An open archive whose members can be read in any order. Safe for use by several threads. */
interface Archive extends Closeable {

    /** The largest member that is read; pictures and short videos are far smaller. */
    long MAX_MEMBER_BYTES = 1L << 30;

    /**
     * Returns the bytes of a member.
     *
     * @param member path inside the archive, without a leading slash
     * @throws IOException if there is none, or it is damaged, too large or of a kind that cannot be read
     */
    byte[] read(String member) throws IOException;

    /** Fails unless there is such a member; its bytes are not looked at. */
    void require(String member) throws IOException;

    /** Opens a zip or tar archive, told apart by their first bytes. */
    static Archive open(Path file) throws IOException {
        byte[] start = new byte[512];
        int length;
        try (RandomAccessFile input = new RandomAccessFile(file.toFile(), "r")) {
            length = Math.max(0, input.read(start));
        }
        String text = new String(start, 0, length, StandardCharsets.ISO_8859_1);
        if (text.startsWith("PK\3\4") || text.startsWith("PK\5\6")) {
            return new ZipArchive(file);
        }
        if (text.startsWith("\u001f\u008b")
                || text.startsWith("BZh")
                || text.startsWith("\u00fd7zXZ")
                || text.startsWith("(\u00b5/\u00fd")) {
            throw new IOException("a compressed file, whose members can only be read from the start: unpack it once"
                    + " (gunzip leaves a .tar, which can be read as it is)");
        }
        if (LfsPointer.isAt(file)) {
            throw new IOException(LfsPointer.explanation());
        }
        if (length < start.length || !TarUtils.verifyCheckSum(start)) {
            throw new IOException("expected a zip or tar archive, found neither");
        }
        return TarArchive.open(file);
    }

    /** Returns an entry name as rows write it: without {@code ./} or slashes in front, and with single slashes. */
    static String plainName(String name) {
        String plain = name.indexOf("//") >= 0 ? name.replaceAll("/+", "/") : name;
        int from = 0;
        while (plain.startsWith("./", from) || plain.startsWith("/", from)) {
            from += plain.charAt(from) == '.' ? 2 : 1;
        }
        return plain.substring(from);
    }
}
