package dev.mpo.train.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Whole folders that appear and vanish at once. */
public final class Folders {

    /** What a folder is called that is not complete yet, or no longer. */
    static final String TEMPORARY = ".tmp";

    private Folders() {}

    /** Returns the name under which a folder is written before it is complete. */
    public static Path temporary(Path folder) {
        return folder.resolveSibling(folder.getFileName() + TEMPORARY);
    }

    /** Deletes a folder with everything in it; nothing happens if it is not there. */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> found = Files.walk(folder)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }

    /** Gives a complete folder its name, in place of an older folder of that name, for good. */
    public static void publish(Path temporary, Path folder) throws IOException {
        force(temporary);
        if (Files.exists(folder)) {
            Path old = folder.resolveSibling(folder.getFileName() + ".old" + TEMPORARY);
            delete(old);
            Files.move(folder, old, StandardCopyOption.ATOMIC_MOVE);
            Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
            delete(old);
        } else {
            Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
        }
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
            force(parent);
        }
    }

    /** Takes a folder away; if the process dies in between, no half of it is left under its name. */
    static void retire(Path folder) throws IOException {
        Path old = folder.resolveSibling(folder.getFileName() + ".old" + TEMPORARY);
        delete(old);
        Files.move(folder, old, StandardCopyOption.ATOMIC_MOVE);
        delete(old);
    }

    /** Brings a folder's list of names to the disk, where the system can do that. */
    private static void force(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Some systems cannot open folders; there a rename is as durable as it gets.
        }
    }
}
