package dev.mpo.data.text;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.config.ModelConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a tokenizer belongs to a model: every token has a row in the model's embedding. The embedding may have more
 * rows than there are tokens, as InternVL3.5's has. It may grow by the few special tokens that every InternVL model has
 * and that the model has not been trained with; any other token without a row means that the tokenizer is another
 * model's.
 *
 * @param rows the rows that the embedding needs: its own number, or more by the tokens that it grows by
 * @param firstNew the first row to start anew, {@code rows} if there is none; those from here on are new
 */
public record VocabularyFit(int rows, int firstNew) {

    private static final Logger LOG = LoggerFactory.getLogger(VocabularyFit.class);
    private static final int MOST_SHOWN = 12;

    /** The chat tokens and image tokens that a model of this kind gets when its parts are put together. */
    private static final Set<String> GROWING = Stream.concat(
                    ImageTokens.ALL.stream(), Stream.of("<|im_start|>", "<|im_end|>", "<|endoftext|>"))
            .collect(Collectors.toUnmodifiableSet());

    /**
     * Compares a tokenizer with the model of its folder. Growth, and rows far beyond the tokens, are told in the log.
     *
     * @param folder the folder of both, for messages
     * @throws CheckpointException if the tokenizer is another model's, or its files lack tokens that the model has
     */
    public static VocabularyFit of(Path folder, ModelConfig model, Tokenizer tokenizer) {
        int rows = model.language().vocabSize();
        int limit = tokenizer.idLimit();
        int appended = tokenizer.numNewTokens();
        List<String> beyond = tokens(tokenizer, rows, Math.max(rows, limit));
        if (!GROWING.containsAll(beyond)) {
            throw foreign(folder, rows, tokenizer, beyond);
        }
        requireSound(folder, rows, tokenizer);
        if (limit <= rows) {
            warnOfUnusedRows(folder, rows, tokenizer);
            return new VocabularyFit(rows, rows);
        }
        LOG.warn(
                "{}: the embedding grows from {} to {} rows, by the special tokens {}, which the model has not been"
                        + " trained with{}",
                folder,
                rows,
                limit,
                listed(beyond),
                appended > 0
                        ? "; " + appended + " of them are missing from the tokenizer's files too, and are added to"
                                + " those of the exported model"
                        : "");
        return new VocabularyFit(limit, rows);
    }

    /**
     * Opens the tokenizer of a model's folder, which fits the model; the caller then owns it.
     *
     * @throws CheckpointException if there is none, it is damaged, or it is another model's
     */
    public static Tokenizer load(Path folder, ModelConfig model) {
        Tokenizer tokenizer = Tokenizers.load(folder);
        try {
            of(folder, model, tokenizer);
            return tokenizer;
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    private static void requireSound(Path folder, int rows, Tokenizer tokenizer) {
        List<String> conflicts = tokenizer.conflicts();
        if (!conflicts.isEmpty()) {
            throw new CheckpointException(folder + ": " + conflicts.get(0)
                    + (conflicts.size() > 1 ? ", and " + (conflicts.size() - 1) + " more added tokens are like it" : "")
                    + ". " + TokenizerFolder.REMEDY + ".");
        }
        int firstAppended = tokenizer.vocabSize() - tokenizer.numNewTokens();
        if (firstAppended < Math.min(rows, tokenizer.vocabSize())) {
            throw new CheckpointException(folder + ": the tokenizer's files lack "
                    + listed(tokens(tokenizer, firstAppended, tokenizer.vocabSize()))
                    + ", which every InternVL model has, and the embedding has its " + rows
                    + " rows already. Copy added_tokens.json, tokenizer_config.json and special_tokens_map.json from the"
                    + " checkpoint that the model comes from.");
        }
    }

    private static CheckpointException foreign(Path folder, int rows, Tokenizer tokenizer, List<String> beyond) {
        List<String> others =
                beyond.stream().filter(token -> !GROWING.contains(token)).toList();
        boolean gaps = others.stream().allMatch(String::isEmpty);
        return new CheckpointException(folder + ": the tokenizer has " + tokenizer.vocabSize()
                + " tokens with ids up to "
                + (tokenizer.idLimit() - 1) + ", the embedding " + rows + " rows (vocab_size of config.json); "
                + (gaps
                        ? "its ids have gaps that the embedding lacks"
                        : "tokens without a row, other than the special ones that a model gets when it is made: "
                                + listed(others.stream()
                                        .filter(token -> !token.isEmpty())
                                        .toList()))
                + ". These are not the tokenizer's and the model's own: copy the tokenizer files from the checkpoint that"
                + " the model comes from.");
    }

    private static List<String> tokens(Tokenizer tokenizer, int from, int to) {
        return IntStream.range(from, to).mapToObj(tokenizer::token).collect(Collectors.toCollection(ArrayList::new));
    }

    private static String listed(List<String> tokens) {
        String first = tokens.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "));
        String more = tokens.size() > MOST_SHOWN ? " and " + (tokens.size() - MOST_SHOWN) + " more" : "";
        return tokens.size() + " (" + first + more + ")";
    }

    /** Published models have up to a few hundred rows to spare; a model with thousands has another tokenizer. */
    private static void warnOfUnusedRows(Path folder, int rows, Tokenizer tokenizer) {
        int unused = rows - tokenizer.idLimit();
        if (unused > rows / 10 && unused > 1_000) {
            LOG.warn(
                    "{}: the embedding has {} rows and the tokenizer {} tokens only; check that the tokenizer files are"
                            + " this model's own",
                    folder,
                    rows,
                    tokenizer.vocabSize());
        }
    }
}
