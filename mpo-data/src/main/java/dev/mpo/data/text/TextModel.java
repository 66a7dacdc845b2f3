package dev.mpo.data.text;

import dev.mpo.core.config.Family;
import java.util.List;

/** The trained vocabulary behind a tokenizer: what happens to the text between added tokens. */
interface TextModel extends AutoCloseable {

    /** Returns the family of language models that use this kind of vocabulary. */
    Family family();

    /** Returns the text as it must read before added tokens are looked for. */
    String normalize(String text);

    /** Returns the ids of a text without added tokens. */
    int[] encode(String text);

    /** Returns the number of tokens. */
    int size();

    /** Returns whether an added token may take the id of another token of the vocabulary, as a new name for it. */
    boolean allowsRenaming();

    /** Returns one more than the highest id. */
    int idLimit();

    /** Returns the id of a token, or -1. */
    int id(String token);

    /** Returns the token of an id, or the empty string. */
    String token(int id);

    /** Returns the bytes that a token stands for. */
    byte[] bytes(int id);

    /** Returns what stands between added tokens and other text when a sequence is printed. */
    String separator();

    /** Returns the text of a run of tokens. */
    String join(List<DecodedToken> tokens);

    @Override
    void close();

    /**
     * A token to print.
     *
     * @param id its id
     * @param added its content if it is an added token, which then goes unchanged into the text; else empty
     * @param special whether it is a special token
     */
    record DecodedToken(int id, String added, boolean special) {}
}
