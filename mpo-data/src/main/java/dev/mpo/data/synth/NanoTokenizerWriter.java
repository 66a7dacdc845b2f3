package dev.mpo.data.synth;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes a Qwen2 tokenizer folder ({@code vocab.json}, {@code merges.txt} and the three files about added tokens) whose
 * byte-pair merges are learned from a few texts, so that a nano model gets a small vocabulary and short sequences. Any
 * other text still encodes, byte by byte.
 */
public final class NanoTokenizerWriter {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_MERGES = 2000;
    private static final String END_OF_TEXT = "<|endoftext|>";
    private static final String END_OF_TURN = "<|im_end|>";

    /** The special tokens in the order of their ids, as in the published checkpoints. */
    private static final List<String> SPECIAL_TOKENS = List.of(
            END_OF_TEXT,
            "<|im_start|>",
            END_OF_TURN,
            "<img>",
            "</img>",
            "<IMG_CONTEXT>",
            "<quad>",
            "</quad>",
            "<ref>",
            "</ref>",
            "<box>",
            "</box>");

    private static final Pattern SPECIAL_TOKEN_PATTERN =
            Pattern.compile(SPECIAL_TOKENS.stream().map(Pattern::quote).collect(Collectors.joining("|")));

    private NanoTokenizerWriter() {}

    /**
     * What a model configuration needs to know about a tokenizer.
     *
     * @param vocabSize number of ids, special tokens included; ids are contiguous from 0
     * @param padTokenId id of {@code <|endoftext|>}
     * @param endOfTurnTokenId id of {@code <|im_end|>}
     */
    public record Written(int vocabSize, int padTokenId, int endOfTurnTokenId) {}

    /**
     * Learns merges from the texts and writes the five files into a folder, which is created when absent.
     *
     * @param texts what should encode into few tokens: questions, answers, the pieces of the chat template
     */
    public static Written write(Path folder, Collection<String> texts) {
        BytePairTrainer.Result learned = BytePairTrainer.train(withoutSpecialTokens(texts), MAX_MERGES);
        Map<String, Integer> added = new LinkedHashMap<>();
        for (String token : SPECIAL_TOKENS) {
            added.put(token, learned.symbols().size() + added.size());
        }
        try {
            Files.createDirectories(folder);
            writeJson(folder.resolve("vocab.json"), numbered(learned.symbols()));
            Files.writeString(folder.resolve("merges.txt"), merges(learned.merges()));
            writeJson(folder.resolve("added_tokens.json"), added);
            writeJson(folder.resolve("special_tokens_map.json"), specialTokensMap());
            writeJson(folder.resolve("tokenizer_config.json"), tokenizerConfig(added));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the tokenizer files to " + folder, e);
        }
        int first = learned.symbols().size();
        return new Written(
                first + added.size(),
                first + SPECIAL_TOKENS.indexOf(END_OF_TEXT),
                first + SPECIAL_TOKENS.indexOf(END_OF_TURN));
    }

    /** Returns the stretches of text between special tokens, which no merge ever spans. */
    static List<String> withoutSpecialTokens(Collection<String> texts) {
        return texts.stream()
                .flatMap(SPECIAL_TOKEN_PATTERN::splitAsStream)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private static Map<String, Integer> numbered(List<String> symbols) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        symbols.forEach(symbol -> ids.put(symbol, ids.size()));
        return ids;
    }

    private static String merges(List<BytePairTrainer.Merge> merges) {
        StringBuilder text = new StringBuilder("#version: 0.2\n");
        merges.forEach(merge ->
                text.append(merge.left()).append(' ').append(merge.right()).append('\n'));
        return text.toString();
    }

    private static List<String> additionalSpecialTokens() {
        return SPECIAL_TOKENS.subList(1, SPECIAL_TOKENS.size());
    }

    private static Map<String, Object> specialTokensMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("additional_special_tokens", additionalSpecialTokens());
        map.put("eos_token", token(END_OF_TURN));
        map.put("pad_token", token(END_OF_TEXT));
        return map;
    }

    private static Map<String, Object> tokenizerConfig(Map<String, Integer> added) {
        Map<String, Object> decoder = new LinkedHashMap<>();
        added.forEach((token, id) -> {
            Map<String, Object> entry = token(token);
            entry.put("special", true);
            decoder.put(Integer.toString(id), entry);
        });
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("add_bos_token", false);
        config.put("add_eos_token", false);
        config.put("add_prefix_space", false);
        config.put("added_tokens_decoder", decoder);
        config.put("additional_special_tokens", additionalSpecialTokens());
        config.put("bos_token", null);
        config.put("clean_up_tokenization_spaces", false);
        config.put("eos_token", END_OF_TURN);
        config.put("errors", "replace");
        config.put("model_max_length", 8192);
        config.put("pad_token", END_OF_TEXT);
        config.put("split_special_tokens", false);
        config.put("tokenizer_class", "Qwen2Tokenizer");
        config.put("unk_token", null);
        return config;
    }

    private static Map<String, Object> token(String content) {
        Map<String, Object> token = new LinkedHashMap<>();
        token.put("content", content);
        for (String flag : List.of("lstrip", "normalized", "rstrip", "single_word")) {
            token.put(flag, false);
        }
        return token;
    }

    private static void writeJson(Path file, Object value) throws IOException {
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n");
    }
}
