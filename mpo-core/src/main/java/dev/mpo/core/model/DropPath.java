package dev.mpo.core.model;

/**
 * Stochastic depth of the vision tower: each residual branch of each tile is dropped with a rate that grows linearly
 * from 0 at the first layer to {@code maxRate} at the last, and kept branches are scaled up to the same mean.
 *
 * <p>The draws depend only on (seed, layer, branch, tile), so a recomputed layer drops what the first computation
 * dropped.
 *
 * @param maxRate rate of the last layer, in [0, 1)
 * @param numLayers number of layers
 * @param seed identifies the micro-batch: the same seed gives the same draws
 */
public record DropPath(double maxRate, int numLayers, long seed) {

    /** Drops nothing: evaluation, and the reference model. */
    public static final DropPath NONE = new DropPath(0, 0, 0);

    /** Returns the rate of a layer. */
    public double rate(int layer) {
        return numLayers < 2 ? 0 : maxRate * layer / (numLayers - 1);
    }

    /** Draws the factor for each tile: 0, or 1 / (1 - rate). */
    float[] scales(int layer, int branch, int numTiles) {
        double keep = 1 - rate(layer);
        float[] scales = new float[numTiles];
        for (int tile = 0; tile < numTiles; tile++) {
            scales[tile] = uniform(layer, branch, tile) < keep ? (float) (1 / keep) : 0;
        }
        return scales;
    }

    private double uniform(int layer, int branch, int tile) {
        long z = mix(mix(mix(seed) + layer * 2L + branch) + tile);
        return (z >>> 11) * 0x1.0p-53;
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood, 2014). */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
