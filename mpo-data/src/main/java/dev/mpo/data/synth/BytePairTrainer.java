package dev.mpo.data.synth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns the merges of a byte-level byte-pair encoding from a handful of texts (Sennrich et al., 2016, over the
 * printable stand-ins for bytes that GPT-2 introduced).
 *
 * <p>Quadratic and therefore only for small corpora; deterministic, because pairs of equal frequency are taken in
 * lexicographic order.
 */
final class BytePairTrainer {

    /** Splits a text into the pieces that merges never cross; the same split as Qwen2's tokenizer. */
    private static final Pattern PIECES = Pattern.compile(
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    private static final List<String> BYTE_SYMBOLS = byteSymbols();

    private BytePairTrainer() {}

    /** Two neighbouring symbols that become one. */
    record Merge(String left, String right) {

        /** Returns the symbol that replaces the two. */
        String joined() {
            return left + right;
        }
    }

    /**
     * A learned encoding.
     *
     * @param symbols all symbols; the position is the token id: 256 bytes, then one per merge
     * @param merges the merges in order of priority
     */
    record Result(List<String> symbols, List<Merge> merges) {}

    /** Learns at most {@code maxMerges} merges, fewer when every piece of the texts has become one symbol. */
    static Result train(Collection<String> texts, int maxMerges) {
        List<Word> words = words(texts);
        Set<String> symbols = new LinkedHashSet<>(alphabet());
        List<Merge> merges = new ArrayList<>();
        while (merges.size() < maxMerges) {
            Optional<Merge> best = mostFrequent(words);
            if (best.isEmpty()) {
                break;
            }
            words.forEach(word -> word.apply(best.get()));
            merges.add(best.get());
            symbols.add(best.get().joined());
        }
        return new Result(List.copyOf(symbols), List.copyOf(merges));
    }

    /** Returns the 256 one-byte symbols in the order in which GPT-2 numbers them: printable bytes first. */
    private static List<String> alphabet() {
        List<String> ordered = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            if (isPrintable(value)) {
                ordered.add(BYTE_SYMBOLS.get(value));
            }
        }
        for (int value = 0; value < 256; value++) {
            if (!isPrintable(value)) {
                ordered.add(BYTE_SYMBOLS.get(value));
            }
        }
        return ordered;
    }

    /** Returns the printable character that stands for each byte value. */
    private static List<String> byteSymbols() {
        List<String> symbols = new ArrayList<>();
        int next = 256;
        for (int value = 0; value < 256; value++) {
            symbols.add(Character.toString(isPrintable(value) ? value : next++));
        }
        return List.copyOf(symbols);
    }

    private static boolean isPrintable(int value) {
        return (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xAC) || (value >= 0xAE);
    }

    private static List<Word> words(Collection<String> texts) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (String text : texts) {
            Matcher matcher = PIECES.matcher(text);
            while (matcher.find()) {
                counts.merge(matcher.group(), 1, Integer::sum);
            }
        }
        List<Word> words = new ArrayList<>();
        counts.forEach((piece, count) -> words.add(new Word(piece, count)));
        return words;
    }

    private static Optional<Merge> mostFrequent(List<Word> words) {
        Map<Merge, Integer> counts = new HashMap<>();
        for (Word word : words) {
            for (int i = 0; i + 1 < word.symbols.size(); i++) {
                counts.merge(new Merge(word.symbols.get(i), word.symbols.get(i + 1)), word.count, Integer::sum);
            }
        }
        return counts.entrySet().stream()
                .min(Map.Entry.<Merge, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(entry -> entry.getKey().left())
                        .thenComparing(entry -> entry.getKey().right()))
                .map(Map.Entry::getKey);
    }

    /** A distinct piece of the corpus as its present symbols. */
    private static final class Word {

        private final int count;
        private List<String> symbols = new ArrayList<>();

        Word(String piece, int count) {
            this.count = count;
            for (byte value : piece.getBytes(StandardCharsets.UTF_8)) {
                symbols.add(BYTE_SYMBOLS.get(value & 0xFF));
            }
        }

        void apply(Merge merge) {
            List<String> merged = new ArrayList<>(symbols.size());
            for (int i = 0; i < symbols.size(); i++) {
                boolean matches = i + 1 < symbols.size()
                        && symbols.get(i).equals(merge.left())
                        && symbols.get(i + 1).equals(merge.right());
                merged.add(matches ? merge.joined() : symbols.get(i));
                i += matches ? 1 : 0;
            }
            symbols = merged;
        }
    }
}
