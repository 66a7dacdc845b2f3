package dev.mpo.tools.demo.loop;

import dev.mpo.data.synth.QuestionSets;

/**
 * What the loop may vary.
 *
 * @param seed decides the pictures, the starting weights, the order of the rows and the samples; at least 0
 * @param taught questions whose reasoning is shown, at least 25
 * @param asked questions that the model answers itself, at least 25
 * @param heldOut questions of the examination, at least 25
 * @param numSamples answers to each question that is asked, at least 2
 * @param sftSteps optimizer steps of the supervised training, at least 1
 * @param mpoSteps optimizer steps of the preference training, at least 1
 */
public record LoopOptions(long seed, int taught, int asked, int heldOut, int numSamples, int sftSteps, int mpoSteps) {

    /** Longer than any answer of the data set. */
    public static final int MAX_NEW_TOKENS = 64;

    /** Tiles of a picture: a wide one takes two, and a thumbnail. */
    public static final int MAX_TILES = 2;

    /** Questions at once while sampling. */
    public static final int BATCH = 8;

    /** Pairs of a question. */
    public static final int PAIRS_PER_KEY = 4;

    /** Fewest questions of a set, so that each kind occurs. */
    public static final int FEWEST = 25;

    private static final int PICTURE_SIZE = 112;

    /** Checks the ranges. */
    public LoopOptions {
        if (seed < 0 || numSamples < 2 || sftSteps < 1 || mpoSteps < 1) {
            throw new IllegalArgumentException("need a seed from 0, 2 samples and 1 step each: " + seed + ", "
                    + numSamples + ", " + sftSteps + ", " + mpoSteps);
        }
    }

    /** Returns the options of {@code mpo demo --loop}. */
    public static LoopOptions defaults() {
        return new LoopOptions(0, 400, 1600, 500, 8, 800, 800);
    }

    /** Returns these options with another seed. */
    public LoopOptions withSeed(long value) {
        return new LoopOptions(value, taught, asked, heldOut, numSamples, sftSteps, mpoSteps);
    }

    /** Returns these options with as many optimizer steps of either training. */
    public LoopOptions withSteps(int value) {
        return new LoopOptions(seed, taught, asked, heldOut, numSamples, value, value);
    }

    /**
     * Returns these options with another number of questions that are asked, at least 25; the other two sets grow and
     * shrink with it.
     */
    public LoopOptions withAsked(int value) {
        double factor = (double) value / asked;
        return new LoopOptions(
                seed, scaled(taught, factor), value, scaled(heldOut, factor), numSamples, sftSteps, mpoSteps);
    }

    private static int scaled(int questions, double factor) {
        return Math.max(FEWEST, (int) Math.round(questions * factor));
    }

    /** Returns what to draw. */
    QuestionSets.Options data() {
        return new QuestionSets.Options(seed, taught, asked, heldOut, PICTURE_SIZE);
    }
}
