package dev.mpo.data.source;

import dev.mpo.core.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file, or a folder of frames.
 *
 * @param path where it lies
 */
record LocalMedia(Path path) implements Media {

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public byte[] read() {
        requirePresent(); // a device or pipe might never end
        try {
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw new DataException(absent(), e);
        } catch (IOException e) {
            throw new DataException(
                    "image " + path + ": cannot be read (" + Reason.of(e)
                            + "). Fix: check that it is a file and readable",
                    e);
        } catch (OutOfMemoryError e) {
            throw new DataException(
                    "image " + path + ": the file does not fit into the Java heap. Fix: scale it down, or raise -Xmx",
                    e);
        }
    }

    @Override
    public void requirePresent() {
        if (Files.isRegularFile(path)) {
            return;
        }
        if (!Files.exists(path)) {
            throw new DataException(absent());
        }
        throw new DataException("image " + path + ": expected an image file, found "
                + (Files.isDirectory(path) ? "a folder" : "something else")
                + ". Fix: name a file; a folder of frames goes into \"video\"");
    }

    private String absent() {
        return "image " + path + ": expected an image file, found nothing at this path. Fix: check the row's"
                + " image path and the meta entry's root (data.path_map rewrites path prefixes)";
    }

    @Override
    public Optional<Path> localPath() {
        return Optional.of(path);
    }
}
