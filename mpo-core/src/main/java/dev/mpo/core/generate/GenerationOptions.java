package dev.mpo.core.generate;

import dev.mpo.core.ConfigException;
import java.util.List;
import java.util.Set;

/**
 * How tokens are chosen and when a generation ends.
 *
 * <p>The order is that of the usual tools: repetition penalty, temperature, top-k, top-p, min-p. Ties at a limit are
 * all kept.
 *
 * @param temperature divides the logits; 0 takes the most likely token (greedy), and then the limits below do nothing
 * @param topK how many of the most likely tokens stay; 0 for all
 * @param topP the smallest set of most likely tokens with at least this probability stays; 1 for all
 * @param minP tokens less likely than this fraction of the most likely one are dropped; 0 for none
 * @param repetitionPenalty positive logits of tokens that the answer has already are divided by it, negative ones
 *     multiplied; 1 for none. The prompt does not count, as in the reference, which generates from embeddings
 * @param maxNewTokens the largest number of new tokens, stop token included
 * @param stopTokens token ids that end the answer
 * @param stopStrings texts that end the answer and are cut from it
 * @param seed seed of the random numbers; sample {@code i} of a prompt draws from {@code (seed, i)} alone, whatever is
 *     generated beside it
 * @param numSamples how many answers to generate for a prompt
 * @param firstSample the number of the first of them: samples can be made again, or later, in any portions
 */
public record GenerationOptions(
        double temperature,
        int topK,
        double topP,
        double minP,
        double repetitionPenalty,
        int maxNewTokens,
        Set<Integer> stopTokens,
        List<String> stopStrings,
        long seed,
        int numSamples,
        int firstSample) {

    /** Checks the ranges. */
    public GenerationOptions {
        stopTokens = Set.copyOf(stopTokens);
        stopStrings = List.copyOf(stopStrings);
        require(temperature >= 0 && temperature < 1e6, "temperature", "a number from 0", temperature);
        require(topK >= 0, "top_k", "a whole number from 0 (off)", topK);
        require(topP > 0 && topP <= 1, "top_p", "a number above 0 up to 1 (off)", topP);
        require(minP >= 0 && minP <= 1, "min_p", "a number from 0 (off) to 1", minP);
        require(
                repetitionPenalty > 0 && repetitionPenalty < 1e6,
                "repetition_penalty",
                "a number above 0, 1 for none",
                repetitionPenalty);
        require(maxNewTokens >= 1, "max_new_tokens", "a whole number from 1", maxNewTokens);
        require(firstSample >= 0, "first sample", "a whole number from 0", firstSample);
        require(numSamples >= 1, "num_return_sequences", "a whole number from 1", numSamples);
        require(stopStrings.stream().noneMatch(String::isEmpty), "stop", "texts of at least one character", "\"\"");
    }

    private static void require(boolean condition, String name, String expected, Object found) {
        if (!condition) {
            throw new ConfigException(name + ": expected " + expected + ", got " + found);
        }
    }

    /** Returns greedy generation of one answer without stop tokens. */
    public static GenerationOptions greedy(int maxNewTokens) {
        return new GenerationOptions(0, 0, 1, 0, 1, maxNewTokens, Set.of(), List.of(), 0, 1, 0);
    }

    /** Returns these options at a temperature; 0 is greedy. */
    public GenerationOptions withTemperature(double value) {
        return new GenerationOptions(
                value,
                topK,
                topP,
                minP,
                repetitionPenalty,
                maxNewTokens,
                stopTokens,
                stopStrings,
                seed,
                numSamples,
                firstSample);
    }

    /** Returns these options with other limits on which tokens can be drawn. */
    public GenerationOptions withLimits(int newTopK, double newTopP, double newMinP) {
        return new GenerationOptions(
                temperature,
                newTopK,
                newTopP,
                newMinP,
                repetitionPenalty,
                maxNewTokens,
                stopTokens,
                stopStrings,
                seed,
                numSamples,
                firstSample);
    }

    /** Returns these options with a repetition penalty. */
    public GenerationOptions withRepetitionPenalty(double value) {
        return new GenerationOptions(
                temperature,
                topK,
                topP,
                minP,
                value,
                maxNewTokens,
                stopTokens,
                stopStrings,
                seed,
                numSamples,
                firstSample);
    }

    /** Returns these options with another largest number of new tokens. */
    public GenerationOptions withMaxNewTokens(int value) {
        return new GenerationOptions(
                temperature,
                topK,
                topP,
                minP,
                repetitionPenalty,
                value,
                stopTokens,
                stopStrings,
                seed,
                numSamples,
                firstSample);
    }

    /** Returns these options with other stop tokens. */
    public GenerationOptions withStopTokens(Set<Integer> tokens) {
        return new GenerationOptions(
                temperature,
                topK,
                topP,
                minP,
                repetitionPenalty,
                maxNewTokens,
                tokens,
                stopStrings,
                seed,
                numSamples,
                firstSample);
    }

    /** Returns these options with other stop strings. */
    public GenerationOptions withStopStrings(List<String> texts) {
        return new GenerationOptions(
                temperature,
                topK,
                topP,
                minP,
                repetitionPenalty,
                maxNewTokens,
                stopTokens,
                texts,
                seed,
                numSamples,
                firstSample);
    }

    /** Returns these options with another seed. */
    public GenerationOptions withSeed(long value) {
        return new GenerationOptions(
                temperature,
                topK,
                topP,
                minP,
                repetitionPenalty,
                maxNewTokens,
                stopTokens,
                stopStrings,
                value,
                numSamples,
                firstSample);
    }

    /** Returns these options with another number of answers for each prompt, numbered from 0. */
    public GenerationOptions withNumSamples(int value) {
        return new GenerationOptions(
                temperature,
                topK,
                topP,
                minP,
                repetitionPenalty,
                maxNewTokens,
                stopTokens,
                stopStrings,
                seed,
                value,
                0);
    }

    /** Returns these options for {@code count} answers, the first of which has the number {@code first}. */
    public GenerationOptions withSamples(int first, int count) {
        return new GenerationOptions(
                temperature,
                topK,
                topP,
                minP,
                repetitionPenalty,
                maxNewTokens,
                stopTokens,
                stopStrings,
                seed,
                count,
                first);
    }
}
