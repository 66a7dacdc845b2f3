package dev.mpo.data.pair;

import dev.mpo.core.config.Family;
import dev.mpo.data.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/** A tokenizer whose ids can be told by heart: 100 + code unit for a character, 0.. for the special tokens. */
public final class CharacterTokenizer implements Tokenizer {

    /** The special tokens; the index is the id. */
    public static final List<String> SPECIAL =
            List.of("<pad>", "<|im_start|>", "<|im_end|>", "<img>", "</img>", "<IMG_CONTEXT>");

    private static final int FIRST_CHARACTER = 100;

    @Override
    public int[] encode(String text) {
        IntStream.Builder ids = IntStream.builder();
        int at = 0;
        while (at < text.length()) {
            int special = specialAt(text, at);
            ids.add(special >= 0 ? special : FIRST_CHARACTER + text.charAt(at));
            at += special >= 0 ? SPECIAL.get(special).length() : 1;
        }
        return ids.build().toArray();
    }

    private static int specialAt(String text, int at) {
        for (int id = 0; id < SPECIAL.size(); id++) {
            if (text.startsWith(SPECIAL.get(id), at)) {
                return id;
            }
        }
        return -1;
    }

    @Override
    public String decode(int[] ids, boolean skipSpecialTokens) {
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(skipSpecialTokens && isSpecial(id) ? "" : token(id));
        }
        return text.toString();
    }

    @Override
    public byte[] decodeBytes(int id) {
        return token(id).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int tokenId(String token) {
        return SPECIAL.indexOf(token);
    }

    @Override
    public String token(int id) {
        return isSpecial(id) ? SPECIAL.get(id) : String.valueOf((char) (id - FIRST_CHARACTER));
    }

    @Override
    public boolean isSpecial(int id) {
        return id < SPECIAL.size();
    }

    @Override
    public int vocabSize() {
        return FIRST_CHARACTER + Character.MAX_VALUE;
    }

    @Override
    public int baseVocabSize() {
        return vocabSize();
    }

    @Override
    public int idLimit() {
        return vocabSize();
    }

    @Override
    public int numNewTokens() {
        return 0;
    }

    @Override
    public int bosTokenId() {
        return -1;
    }

    @Override
    public int eosTokenId() {
        return tokenId("<|im_end|>");
    }

    @Override
    public int padTokenId() {
        return 0;
    }

    @Override
    public boolean addsBos() {
        return false;
    }

    @Override
    public Family family() {
        return Family.QWEN2;
    }

    @Override
    public void close() {}
}
