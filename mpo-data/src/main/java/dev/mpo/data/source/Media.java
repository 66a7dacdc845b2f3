package dev.mpo.data.source;

import java.nio.file.Path;
import java.util.Optional;

/** A picture or video that a row names, wherever its bytes lie. Nothing is opened until it is read. */
public sealed interface Media permits LocalMedia, ArchiveMedia, InlineMedia, WebMedia {

    /** Returns where it lies, as messages name it: a path, {@code archive.zip!/path}, or an address. */
    String name();

    /**
     * Returns all bytes.
     *
     * @throws dev.mpo.core.DataException naming the place, if there is nothing or it cannot be read
     */
    byte[] read();

    /**
     * Fails unless something lies there, without reading it. A web address is taken at its word.
     *
     * @throws dev.mpo.core.DataException naming the place
     */
    void requirePresent();

    /** Returns whether a URL names it, so that {@link #name} is no path. */
    default boolean isUrl() {
        return false;
    }

    /** Returns the path of a file or folder of its own; empty for what lies inside something else or elsewhere. */
    default Optional<Path> localPath() {
        return Optional.empty();
    }
}
