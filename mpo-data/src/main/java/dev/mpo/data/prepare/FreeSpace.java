package dev.mpo.data.prepare;

import dev.mpo.core.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * The room that is left where archives are unpacked.
 *
 * @param folder where that is
 * @param usable tells the bytes that can still be written there
 */
record FreeSpace(Path folder, LongSupplier usable) {

    /** Asks the file system of a folder, which must exist. */
    static FreeSpace of(Path folder) {
        return new FreeSpace(folder, () -> {
            try {
                return Files.getFileStore(folder).getUsableSpace();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /**
     * Fails unless there is room.
     *
     * @param what needs it
     * @throws DataException naming what is needed and what is there
     */
    void require(String what, long bytes) {
        long available = usable.getAsLong();
        if (bytes > available) {
            throw new DataException(what + ": unpacking needs " + bytes + " bytes (" + mebibytes(bytes) + " MiB) in "
                    + folder + ", which has " + available + " (" + mebibytes(available)
                    + " MiB). Fix: free space there, or name another disk with --output, then repeat the command: it"
                    + " goes on where it was stopped");
        }
    }

    private static long mebibytes(long bytes) {
        return bytes >> 20;
    }
}
