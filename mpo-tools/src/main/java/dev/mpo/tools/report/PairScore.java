package dev.mpo.tools.report;

/**
 * What a model thinks of one pair.
 *
 * @param chosenLogps summed log-probability of the chosen answer
 * @param rejectedLogps summed log-probability of the rejected answer
 * @param margin reward of the chosen answer minus that of the rejected one
 */
public record PairScore(double chosenLogps, double rejectedLogps, double margin) {

    /** Returns whether the chosen answer is the more likely one. */
    public boolean prefersChosen() {
        return chosenLogps > rejectedLogps;
    }
}
