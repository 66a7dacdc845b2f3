package dev.mpo.data.pair;

import dev.mpo.core.config.Family;
import dev.mpo.data.text.Tokenizer;
import java.util.function.Consumer;

/** A tokenizer that shows every text to a watcher first, which may wait or fail. */
public final class WatchedTokenizer implements Tokenizer {

    private final Tokenizer tokenizer = new CharacterTokenizer();
    private final Consumer<String> watcher;

    /** Creates a tokenizer; the watcher is called on the threads that encode. */
    public WatchedTokenizer(Consumer<String> watcher) {
        this.watcher = watcher;
    }

    @Override
    public int[] encode(String text) {
        watcher.accept(text);
        return tokenizer.encode(text);
    }

    @Override
    public String decode(int[] ids, boolean skipSpecialTokens) {
        return tokenizer.decode(ids, skipSpecialTokens);
    }

    @Override
    public byte[] decodeBytes(int id) {
        return tokenizer.decodeBytes(id);
    }

    @Override
    public int tokenId(String token) {
        return tokenizer.tokenId(token);
    }

    @Override
    public String token(int id) {
        return tokenizer.token(id);
    }

    @Override
    public boolean isSpecial(int id) {
        return tokenizer.isSpecial(id);
    }

    @Override
    public int vocabSize() {
        return tokenizer.vocabSize();
    }

    @Override
    public int baseVocabSize() {
        return tokenizer.baseVocabSize();
    }

    @Override
    public int idLimit() {
        return tokenizer.idLimit();
    }

    @Override
    public int numNewTokens() {
        return tokenizer.numNewTokens();
    }

    @Override
    public int bosTokenId() {
        return tokenizer.bosTokenId();
    }

    @Override
    public int eosTokenId() {
        return tokenizer.eosTokenId();
    }

    @Override
    public int padTokenId() {
        return tokenizer.padTokenId();
    }

    @Override
    public boolean addsBos() {
        return tokenizer.addsBos();
    }

    @Override
    public Family family() {
        return tokenizer.family();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
