package dev.mpo.train.metrics;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Map;

/**
 * The numbers of one optimizer step, by the names that TRL gave them. Means are over the step's micro-batches.
 *
 * @param step optimizer step, from 1
 * @param epoch epochs done after this step
 * @param loss the mixed loss
 * @param terms the unweighted mean of each loss term, by {@code loss/<term>}
 * @param nllLoss mean of -log p over the chosen answers' tokens
 * @param rewardsChosen mean implicit reward of the chosen answers
 * @param rewardsRejected mean implicit reward of the rejected answers
 * @param rewardsAccuracies share of pairs whose chosen reward is strictly greater
 * @param rewardsMargins mean difference of the rewards
 * @param logpsChosen mean log-probability of the chosen answers
 * @param logpsRejected mean log-probability of the rejected answers
 * @param rewardShift BCO's running mean reward
 * @param gradNorm norm of all gradients before clipping
 * @param learningRate learning rate of this step
 * @param pairs pairs of this step
 * @param tokens tokens that the policy read in this step
 * @param stepSeconds wall time of the step
 * @param dataSeconds wall time that the step waited for data
 * @param peakMemoryBytes largest resident memory of the process so far
 */
@JsonPropertyOrder({"step", "epoch", "loss"})
public record StepMetrics(
        @JsonProperty("step") long step,
        @JsonProperty("epoch") double epoch,
        @JsonProperty("loss") double loss,
        @JsonAnyGetter @JsonAnySetter Map<String, Double> terms,
        @JsonProperty("nll_loss") double nllLoss,
        @JsonProperty("rewards/chosen") double rewardsChosen,
        @JsonProperty("rewards/rejected") double rewardsRejected,
        @JsonProperty("rewards/accuracies") double rewardsAccuracies,
        @JsonProperty("rewards/margins") double rewardsMargins,
        @JsonProperty("logps/chosen") double logpsChosen,
        @JsonProperty("logps/rejected") double logpsRejected,
        @JsonProperty("reward_shift") double rewardShift,
        @JsonProperty("grad_norm") double gradNorm,
        @JsonProperty("learning_rate") double learningRate,
        @JsonProperty("pairs") long pairs,
        @JsonProperty("tokens") long tokens,
        @JsonProperty("step_seconds") double stepSeconds,
        @JsonProperty("data_seconds") double dataSeconds,
        @JsonProperty("peak_memory_bytes") long peakMemoryBytes) {

    /** Copies the terms. */
    public StepMetrics {
        terms = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(terms));
    }
}
