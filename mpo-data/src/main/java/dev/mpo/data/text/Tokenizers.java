package dev.mpo.data.text;

import dev.mpo.core.CheckpointException;
import java.nio.file.Path;
import java.util.Locale;

/** Opens the tokenizer of a checkpoint folder. */
public final class Tokenizers {

    private static final String EXPECTED =
            "vocab.json with merges.txt, or tokenizer.json (Qwen2), or tokenizer.model (InternLM2)";

    private Tokenizers() {}

    /**
     * Opens the tokenizer in a folder: Qwen2's from {@code vocab.json} and {@code merges.txt} (or from
     * {@code tokenizer.json} if they are absent), InternLM2's from {@code tokenizer.model}; added and special tokens
     * from {@code tokenizer_config.json}, or, in older folders, {@code added_tokens.json} and
     * {@code special_tokens_map.json}.
     *
     * <p>InternVL's own tokens that are absent are appended, as the original training code does;
     * {@link Tokenizer#numNewTokens()} says how many.
     *
     * @throws CheckpointException if a file is missing or damaged
     */
    public static Tokenizer load(Path folder) {
        TokenizerFolder files = new TokenizerFolder(folder);
        boolean sentencePiece = files.has("tokenizer.model");
        boolean byteLevel = files.has("vocab.json") || files.has("merges.txt") || files.has("tokenizer.json");
        if (!sentencePiece && !byteLevel) {
            throw files.missing(EXPECTED);
        }
        if (sentencePiece && byteLevel) {
            sentencePiece = !namesQwen(files);
        }
        TextModel model = sentencePiece ? SentencePieceModel.load(files) : ByteLevelModel.load(files);
        try {
            return new SlowTokenizer(model, TokenRegistry.load(files, model));
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private static boolean namesQwen(TokenizerFolder files) {
        return files.objectIfPresent("tokenizer_config.json")
                .path("tokenizer_class")
                .asText("")
                .toLowerCase(Locale.ROOT)
                .contains("qwen");
    }
}
