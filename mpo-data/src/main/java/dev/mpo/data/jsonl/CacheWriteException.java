package dev.mpo.data.jsonl;

import java.io.IOException;

/** A file of a cache could not be written; what it is made from is not at fault. */
final class CacheWriteException extends IOException {

    private static final long serialVersionUID = 1L;

    CacheWriteException(IOException cause) {
        super(cause);
    }
}
