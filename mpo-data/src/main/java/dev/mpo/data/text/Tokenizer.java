package dev.mpo.data.text;

import dev.mpo.core.config.Family;
import java.util.List;

/**
 * Turns text into the token ids that a checkpoint was trained on, and ids into text.
 *
 * <p>Implementations agree with the original slow tokenizers: the text is first cut at the added tokens (so that
 * {@code <|im_end|>} written by a user becomes the one special id) and the parts between them are tokenized on their
 * own. Lone surrogates, which have no UTF-8 form, count as U+FFFD. Instances hold native memory, are safe for use by
 * several threads, and must be closed.
 */
public interface Tokenizer extends AutoCloseable {

    /** Returns the ids of a text; nothing is added, but added tokens spelled out in the text become their ids. */
    int[] encode(String text);

    /**
     * Returns the ids of a text with what the tokenizer puts around every text: a begin-of-sequence id if
     * {@link #addsBos()}, otherwise nothing.
     */
    default int[] encodeWithSpecialTokens(String text) {
        int[] ids = encode(text);
        if (!addsBos()) {
            return ids;
        }
        int[] framed = new int[ids.length + 1];
        framed[0] = bosTokenId();
        System.arraycopy(ids, 0, framed, 1, ids.length);
        return framed;
    }

    /**
     * Returns the text of some ids with special tokens spelled out, as the original tokenizer prints it, its spaces
     * around special tokens included. Bytes that are not UTF-8 become U+FFFD; ids without a token yield nothing.
     */
    default String decode(int[] ids) {
        return decode(ids, false);
    }

    /** Returns the text of some ids, leaving special tokens out if asked to. */
    String decode(int[] ids, boolean skipSpecialTokens);

    /**
     * Returns the UTF-8 bytes that one token contributes to a text. A character may be spread over several tokens, so
     * collect bytes and decode complete characters only. Unknown ids yield no bytes.
     */
    byte[] decodeBytes(int id);

    /** Returns the id of a token given by its content, or -1 if there is none. */
    int tokenId(String token);

    /**
     * Returns the content of a token in the tokenizer's own alphabet, or the empty string for an id without a token.
     */
    String token(int id);

    /** Returns whether an id belongs to a token that decoding leaves out on request. */
    boolean isSpecial(int id);

    /** Returns the number of tokens, added ones included. */
    int vocabSize();

    /** Returns one more than the highest id of any token; more than {@link #vocabSize} where ids are left out. */
    int idLimit();

    /** Returns what contradicts itself in the tokenizer's files, as parts of sentences; nothing if they are sound. */
    default List<String> conflicts() {
        return List.of();
    }

    /** Returns the number of tokens of the trained vocabulary, without those added later. */
    int baseVocabSize();

    /**
     * Returns how many of the InternVL tokens the tokenizer's files lacked and loading appended: the last ids below
     * {@link #vocabSize}. {@link VocabularyFit} says whether a model can take them.
     */
    int numNewTokens();

    /** Returns the id that begins a sequence, or -1 if the tokenizer has none. */
    int bosTokenId();

    /** Returns the id that ends a sequence, or -1 if the tokenizer has none. */
    int eosTokenId();

    /** Returns the id that fills up a batch, or -1 if the tokenizer has none. */
    int padTokenId();

    /** Returns whether the tokenizer puts {@link #bosTokenId()} in front of every text. */
    boolean addsBos();

    /** Returns the family of language models that the tokenizer belongs to. */
    Family family();

    @Override
    void close();
}
