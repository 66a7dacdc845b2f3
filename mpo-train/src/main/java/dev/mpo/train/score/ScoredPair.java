package dev.mpo.train.score;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * One row of a score file: the summed log-probabilities of the two answers of a pair, in nats, and what follows from
 * them. A reward is {@code beta x (policy - reference)}.
 *
 * <p>Without a reference there are no rewards: the reference's numbers, the rewards and the margin are null, and the
 * pair is won if the policy finds the chosen answer the more likely one.
 *
 * @param dataset name of the data set in the meta file
 * @param line 0-based line of its annotation file
 * @param policyChosenLogps log-probability of the chosen answer under the policy
 * @param policyRejectedLogps the same of the rejected answer
 * @param referenceChosenLogps log-probability of the chosen answer under the reference
 * @param referenceRejectedLogps the same of the rejected answer
 * @param chosenReward reward of the chosen answer
 * @param rejectedReward reward of the rejected answer
 * @param margin reward of the chosen answer minus that of the rejected one
 * @param win whether the margin is above 0, or without a reference the log-probability of the chosen answer above that
 *     of the rejected one
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonPropertyOrder({
    "dataset",
    "line",
    "policy_chosen_logps",
    "policy_rejected_logps",
    "reference_chosen_logps",
    "reference_rejected_logps",
    "chosen_reward",
    "rejected_reward",
    "margin",
    "win"
})
public record ScoredPair(
        String dataset,
        int line,
        double policyChosenLogps,
        double policyRejectedLogps,
        @Nullable Double referenceChosenLogps,
        @Nullable Double referenceRejectedLogps,
        @Nullable Double chosenReward,
        @Nullable Double rejectedReward,
        @Nullable Double margin,
        boolean win) {

    /** Returns the row of a pair that only the policy has scored. */
    static ScoredPair withoutReference(String dataset, int line, double chosen, double rejected) {
        return new ScoredPair(dataset, line, chosen, rejected, null, null, null, null, null, chosen > rejected);
    }

    /** Returns the row of a pair with rewards relative to a reference. */
    static ScoredPair withReference(
            String dataset,
            int line,
            double chosen,
            double rejected,
            double referenceChosen,
            double referenceRejected,
            double beta) {
        double chosenReward = beta * (chosen - referenceChosen);
        double rejectedReward = beta * (rejected - referenceRejected);
        double margin = chosenReward - rejectedReward;
        return new ScoredPair(
                dataset,
                line,
                chosen,
                rejected,
                referenceChosen,
                referenceRejected,
                chosenReward,
                rejectedReward,
                margin,
                margin > 0);
    }
}
