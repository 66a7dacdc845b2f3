package dev.mpo.tools.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * How fast answers are generated.
 *
 * @param preset name of the architecture
 * @param parameters number of its parameters
 * @param threads CPU threads of the tensor library
 * @param promptTokens tokens of each prompt, visual ones included
 * @param newTokens tokens of each answer
 * @param results one per number of answers at once
 */
public record GenerationBenchReport(
        @JsonProperty("preset") String preset,
        @JsonProperty("parameters") long parameters,
        @JsonProperty("threads") int threads,
        @JsonProperty("prompt_tokens") int promptTokens,
        @JsonProperty("new_tokens") int newTokens,
        @JsonProperty("results") List<Result> results) {

    /**
     * One measurement; medians over the repetitions.
     *
     * @param batchSize answers at once, each to a prompt of its own
     * @param tokensPerSecond new tokens of all answers over the whole time, prompts included
     * @param decodeTokensPerSecond new tokens after the first over the time after the first
     * @param prefillSeconds time until every answer has its first token
     * @param seconds the whole time
     * @param cpuSeconds processor time of all threads
     */
    public record Result(
            @JsonProperty("batch_size") int batchSize,
            @JsonProperty("tokens_per_second") double tokensPerSecond,
            @JsonProperty("decode_tokens_per_second") double decodeTokensPerSecond,
            @JsonProperty("prefill_seconds") double prefillSeconds,
            @JsonProperty("seconds") double seconds,
            @JsonProperty("cpu_seconds") double cpuSeconds) {}
}
