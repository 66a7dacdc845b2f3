package dev.mpo.train.checkpoint;

import dev.mpo.core.CheckpointException;
import dev.mpo.train.reference.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@value #FILE}: the files of a checkpoint with their sizes and fingerprints. It is written last, and a folder whose
 * files are not exactly these is damaged.
 *
 * @param format version of the folder's layout
 * @param step optimizer step
 * @param numRanks how many ranks the tensors are divided among
 * @param files all other files, by name
 */
record Manifest(int format, long step, int numRanks, List<Entry> files) {

    static final String FILE = "manifest.json";
    static final int FORMAT = 2;

    /**
     * A file of the folder.
     *
     * @param name its name
     * @param bytes its size
     * @param fingerprint of its content, as {@link Fingerprint#ofContent} computes it
     */
    record Entry(String name, long bytes, String fingerprint) {

        /** Describes a file. */
        static Entry of(Path path) throws IOException {
            return new Entry(String.valueOf(path.getFileName()), Files.size(path), Fingerprint.ofContent(path));
        }

        void verify(Path folder) {
            Path file = folder.resolve(name);
            try {
                if (!Files.isRegularFile(file)) {
                    throw new CheckpointException(file + ": no such file, but " + FILE + " lists it");
                }
                long found = Files.size(file);
                if (found != bytes) {
                    throw new CheckpointException(file + ": expected " + bytes + " bytes, got " + found);
                }
            } catch (IOException e) {
                throw new CheckpointException(file + ": cannot be read: " + e, e);
            }
            if (!Fingerprint.ofContent(file).equals(fingerprint)) {
                throw new CheckpointException(file + ": its content is not what was written");
            }
        }
    }

    Manifest {
        files = List.copyOf(files);
    }

    /**
     * Reads the manifest of a folder and compares it with the files, byte by byte.
     *
     * @throws CheckpointException saying what is damaged
     */
    static Manifest verified(Path folder) {
        Manifest manifest = read(folder);
        manifest.files().forEach(entry -> entry.verify(folder));
        return manifest;
    }

    /** Reads the manifest of a folder alone. */
    static Manifest read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file + ": no such file, so the checkpoint is incomplete");
        }
        Manifest manifest = Json.read(file, Manifest.class);
        if (manifest.format() != FORMAT) {
            throw new CheckpointException(file + ": expected format " + FORMAT + ", got " + manifest.format()
                    + "; the checkpoint was written by another version");
        }
        return manifest;
    }
}
