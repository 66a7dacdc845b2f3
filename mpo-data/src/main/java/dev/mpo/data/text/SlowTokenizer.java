package dev.mpo.data.text;

import dev.mpo.core.config.Family;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A trained vocabulary with added tokens around it, behaving as the original slow tokenizers do. */
final class SlowTokenizer implements Tokenizer {

    private final TextModel model;
    private final TokenRegistry tokens;
    private final AddedTokenSplitter splitter;

    SlowTokenizer(TextModel model, TokenRegistry tokens) {
        this.model = model;
        this.tokens = tokens;
        this.splitter = new AddedTokenSplitter(tokens.added());
    }

    @Override
    public int[] encode(String text) {
        List<int[]> runs = new ArrayList<>();
        int length = 0;
        for (AddedTokenSplitter.Part part : splitter.split(model.normalize(Utf8.withoutLoneSurrogates(text)))) {
            AddedToken token = part.token();
            int[] run = token == null ? model.encode(part.text()) : new int[] {token.id()};
            runs.add(run);
            length += run.length;
        }
        int[] ids = new int[length];
        int at = 0;
        for (int[] run : runs) {
            System.arraycopy(run, 0, ids, at, run.length);
            at += run.length;
        }
        return ids;
    }

    @Override
    public String decode(int[] ids, boolean skipSpecialTokens) {
        List<String> texts = new ArrayList<>();
        List<TextModel.DecodedToken> run = new ArrayList<>();
        for (int id : ids) {
            if (skipSpecialTokens && tokens.isSpecial(id)) {
                continue;
            }
            String added = tokens.addedContent(id);
            if (tokens.standsAlone(added)) {
                flush(run, texts);
                texts.add(added);
            } else {
                run.add(new TextModel.DecodedToken(id, added, tokens.isSpecialContent(added)));
            }
        }
        flush(run, texts);
        String text = String.join(model.separator(), texts);
        return tokens.cleansSpaces() ? SpaceCleaner.clean(text) : text;
    }

    private void flush(List<TextModel.DecodedToken> run, List<String> texts) {
        String text = model.join(run);
        if (!text.isEmpty()) {
            texts.add(text);
        }
        run.clear();
    }

    @Override
    public byte[] decodeBytes(int id) {
        String added = tokens.addedContent(id);
        return added.isEmpty() ? model.bytes(id) : added.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int tokenId(String token) {
        int id = tokens.addedId(token);
        return id >= 0 ? id : model.id(token);
    }

    @Override
    public String token(int id) {
        String added = tokens.addedContent(id);
        return added.isEmpty() ? model.token(id) : added;
    }

    @Override
    public boolean isSpecial(int id) {
        return tokens.isSpecial(id);
    }

    @Override
    public int vocabSize() {
        return tokens.size();
    }

    @Override
    public int idLimit() {
        return tokens.idLimit();
    }

    @Override
    public List<String> conflicts() {
        return tokens.conflicts();
    }

    @Override
    public int baseVocabSize() {
        return model.size();
    }

    @Override
    public int numNewTokens() {
        return tokens.numNewTokens();
    }

    @Override
    public int bosTokenId() {
        return tokens.specialId("bos_token");
    }

    @Override
    public int eosTokenId() {
        return tokens.specialId("eos_token");
    }

    @Override
    public int padTokenId() {
        return tokens.specialId("pad_token");
    }

    @Override
    public boolean addsBos() {
        return tokens.addsBos();
    }

    @Override
    public Family family() {
        return model.family();
    }

    @Override
    public void close() {
        model.close();
    }
}
