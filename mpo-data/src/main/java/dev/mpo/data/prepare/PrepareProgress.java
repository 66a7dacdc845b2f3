package dev.mpo.data.prepare;

/** Told how far the unpacking has come. */
@FunctionalInterface
public interface PrepareProgress {

    /**
     * Called after every member.
     *
     * @param archive name of the archive in work
     * @param packedDone bytes of all archives that are dealt with
     * @param packedTotal bytes of all archives
     */
    void at(String archive, long packedDone, long packedTotal);
}
