package dev.mpo.train.score;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mpo.core.ConfigException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file of {@link ScoredPair} lines. It is written beside its place and put there when it is complete, so that half a
 * file is never taken for a whole one.
 */
final class ScoreFile implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;
    private final Path written;
    private final BufferedWriter out;

    private ScoreFile(Path file, Path written, BufferedWriter out) {
        this.file = file;
        this.written = written;
        this.out = out;
    }

    /** Begins a file; its folder is made if missing. */
    static ScoreFile create(Path file) {
        // Something like /dev/stdout has no neighbours to be written beside.
        boolean special = Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
        Path written = special ? file : file.resolveSibling(file.getFileName() + ".partial");
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            if (Files.isDirectory(file)) {
                throw new IOException("it is a folder");
            }
            return new ScoreFile(file, written, Files.newBufferedWriter(written));
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    private static ConfigException failure(Path file, IOException cause) {
        return new ConfigException("cannot write " + file + " (" + cause + "): choose another output file", cause);
    }

    void write(ScoredPair pair) {
        try {
            out.write(JSON.writeValueAsString(pair));
            out.write('\n');
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /** Puts the complete file into its place. */
    void finish() {
        try {
            out.close();
            if (!written.equals(file)) {
                Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw failure(file, e);
        }
    }
}
