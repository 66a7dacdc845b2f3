package dev.mpo.train;

import dev.mpo.core.TrainingDivergedException;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.train.step.MicroBatchResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Finds numbers that are no longer finite in a step, and says which samples were in it and what they gave. */
final class FiniteCheck {

    private final int step;
    private final double learningRate;
    private final List<String> samples = new ArrayList<>();
    private String problem = "";

    /**
     * Starts the checks of one optimizer step.
     *
     * @param learningRate the run's peak learning rate, for the message
     */
    FiniteCheck(int step, double learningRate) {
        this.step = step;
        this.learningRate = learningRate;
    }

    /** Takes note of a micro-batch. */
    void add(List<EncodedPair> pairs, MicroBatchResult result) {
        samples.addAll(pairs.stream().map(EncodedPair::toString).toList());
        double loss = result.loss().total();
        if (Double.isFinite(loss) || !problem.isEmpty()) {
            return;
        }
        List<String> described = new ArrayList<>();
        List<String> suspects = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            String numbers = String.format(
                    Locale.ROOT,
                    "%s with log-probabilities chosen %.4g, rejected %.4g, by the reference %.4g, %.4g",
                    pairs.get(i),
                    result.policy().chosen()[i],
                    result.policy().rejected()[i],
                    result.reference().chosen()[i],
                    result.reference().rejected()[i]);
            described.add(numbers);
            if (!finite(result, i)) {
                suspects.add(numbers);
            }
        }
        problem = describe("loss", loss, suspects.isEmpty() ? described : suspects);
    }

    private static boolean finite(MicroBatchResult result, int pair) {
        return Double.isFinite(result.policy().chosen()[pair])
                && Double.isFinite(result.policy().rejected()[pair])
                && Double.isFinite(result.reference().chosen()[pair])
                && Double.isFinite(result.reference().rejected()[pair]);
    }

    private static String describe(String what, double value, List<String> rows) {
        return "the " + what + " is " + value + ", expected a finite number; samples: " + String.join("; ", rows);
    }

    /** Returns what is not finite among the losses so far, or an empty text. */
    String problem() {
        return problem;
    }

    /** Returns what is wrong with a gradient norm that is not finite. */
    String gradientProblem(double norm) {
        return describe("gradient norm", norm, samples);
    }

    /** Returns the failure that ends the run. */
    TrainingDivergedException diverged(String problems) {
        String fix = step == 1
                ? "Nothing has been trained yet: check the weights of the model and of the reference, and these samples"
                : "Lower train.learning_rate (now " + learningRate + ") or train.max_grad_norm, or check these samples;"
                        + " train.on_nonfinite=skip leaves such steps out";
        return new TrainingDivergedException("step " + step + ": " + problems + ". " + fix);
    }
}
