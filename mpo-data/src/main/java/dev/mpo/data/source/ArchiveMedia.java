package dev.mpo.data.source;

import dev.mpo.core.DataException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A member of a zip or tar archive.
 *
 * @param archive the archive's file
 * @param member path inside it
 * @param pool keeps the archive open
 */
record ArchiveMedia(Path archive, String member, ArchivePool pool) implements Media {

    /** What stands between an archive and a path inside it. */
    static final String SEPARATOR = "!/";

    @Override
    public String name() {
        return archive + SEPARATOR + member;
    }

    @Override
    public byte[] read() {
        return use(open -> open.read(member));
    }

    @Override
    public void requirePresent() {
        use(open -> {
            open.require(member);
            return open;
        });
    }

    private <T> T use(ArchivePool.Use<T> use) {
        if (!Files.isRegularFile(archive)) {
            throw new DataException("image " + name() + ": expected an archive at " + archive + ", found "
                    + (Files.exists(archive) ? "something else" : "nothing")
                    + ". Fix: check the path before the !/ and the meta entry's root (data.path_map rewrites path"
                    + " prefixes)");
        }
        try {
            return pool.use(archive, use);
        } catch (FileNotFoundException e) {
            throw new DataException(
                    "image " + name() + ": " + Reason.of(e)
                            + ". Fix: check the path behind the !/; upper and lower case count",
                    e);
        } catch (IOException e) {
            throw new DataException(
                    "image " + name() + ": cannot be read (" + Reason.of(e)
                            + "). Fix: download or write the archive again, or unpack it and name the file",
                    e);
        } catch (OutOfMemoryError e) {
            throw new DataException(
                    "image " + name() + ": it does not fit into the Java heap. Fix: scale it down, or raise -Xmx", e);
        }
    }
}
