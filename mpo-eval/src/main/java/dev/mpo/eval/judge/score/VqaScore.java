package dev.mpo.eval.judge.score;

/** The VQA score against one ground truth that all annotators agree on. */
public final class VqaScore {

    private VqaScore() {}

    /** Returns 1 if both texts are the same after {@link VqaNormalizer normalisation}, else 0. */
    public static double of(String answer, String groundTruth) {
        return VqaNormalizer.normalize(answer).equals(VqaNormalizer.normalize(groundTruth)) ? 1 : 0;
    }
}
