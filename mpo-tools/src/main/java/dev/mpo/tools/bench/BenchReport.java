package dev.mpo.tools.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was measured.
 *
 * @param preset name of the architecture
 * @param device where it ran
 * @param precision type of weights and activations
 * @param parameters number of its parameters
 * @param threads CPU threads of the tensor library
 * @param shape size of a pair
 * @param batchSize pairs per micro-batch
 * @param variants results in the order asked for
 * @param optimizerSeconds median time of one optimizer step on all parameters
 * @param deviceBytes memory of a CUDA device that all variants together took at most, reserve of the allocator
 *     included; null on the host
 */
public record BenchReport(
        @JsonProperty("preset") String preset,
        @JsonProperty("device") String device,
        @JsonProperty("precision") String precision,
        @JsonProperty("parameters") long parameters,
        @JsonProperty("threads") int threads,
        @JsonProperty("shape") PairShape shape,
        @JsonProperty("batch_size") int batchSize,
        @JsonProperty("variants") List<Result> variants,
        @JsonProperty("optimizer_seconds") double optimizerSeconds,

        @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("device_bytes") @Nullable Long deviceBytes) {

    /**
     * One variant's result.
     *
     * @param name the variant
     * @param medianSeconds median wall time per pair, without the optimizer
     * @param minSeconds least wall time per pair
     * @param medianCpuSeconds median processor time per pair over all threads
     * @param speedup median wall time per pair of the first variant over this one's
     * @param cpuSpeedup the same ratio of processor times
     * @param theory operations per pair of the first variant over this one's: the speed-up if all ran equally fast
     * @param flops operations per pair in matrix products, see {@link dev.mpo.tools.plan.FlopModel}
     * @param loss loss of the first pair, to compare variants by
     * @param breakdown median seconds per pair by kind of work, see {@link StepBreakdown}
     * @param backward median seconds per pair of the parts of the backward pass
     * @param seconds wall time per pair of every repetition
     */
    public record Result(
            @JsonProperty("name") String name,
            @JsonProperty("median_seconds") double medianSeconds,
            @JsonProperty("min_seconds") double minSeconds,
            @JsonProperty("median_cpu_seconds") double medianCpuSeconds,
            @JsonProperty("speedup") double speedup,
            @JsonProperty("cpu_speedup") double cpuSpeedup,
            @JsonProperty("theory") double theory,
            @JsonProperty("flops") double flops,
            @JsonProperty("loss") double loss,
            @JsonProperty("breakdown") Map<String, Double> breakdown,
            @JsonProperty("backward") Map<String, Double> backward,
            @JsonProperty("seconds") List<Double> seconds) {}
}
