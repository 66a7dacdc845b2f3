package dev.mpo.core.generate;

/** The bytes that a token contributes to a text. */
@FunctionalInterface
public interface TokenBytes {

    /** Returns the UTF-8 bytes of a token, possibly part of a character; none for a token that texts leave out. */
    byte[] of(int id);
}
