package dev.mpo.core.weights;

/**
 * Resizes a vision tower's position embedding to another image size: bicubic interpolation (a = -0.75) of the grid of
 * patches with half-pixel centres, edges repeated, no antialiasing, summed in double precision. The class token's
 * position is kept as it is.
 */
public final class PositionEmbeddings {

    private static final double A = -0.75;
    private static final int TAPS = 4;

    private PositionEmbeddings() {}

    /**
     * Resizes an embedding.
     *
     * @param embedding {@code [1 + oldSide * oldSide, width]}, row-major; the first row belongs to the class token
     * @param oldSide patches along one side now
     * @param newSide patches along one side wanted
     * @return {@code [1 + newSide * newSide, width]}, a new array
     */
    public static float[] resize(float[] embedding, int oldSide, int newSide) {
        int width = embedding.length / (oldSide * oldSide + 1);
        if (oldSide < 1 || newSide < 1 || width * (oldSide * oldSide + 1) != embedding.length) {
            throw new IllegalArgumentException(
                    embedding.length + " values are no embedding of 1 + " + oldSide + " x " + oldSide + " positions");
        }
        float[] resized = new float[width * (newSide * newSide + 1)];
        System.arraycopy(embedding, 0, resized, 0, width);
        Axis axis = Axis.of(oldSide, newSide);
        for (int y = 0; y < newSide; y++) {
            for (int x = 0; x < newSide; x++) {
                int at = width * (1 + y * newSide + x);
                interpolate(embedding, oldSide, width, axis, y, x, resized, at);
            }
        }
        return resized;
    }

    private static void interpolate(
            float[] source, int side, int width, Axis axis, int y, int x, float[] target, int at) {
        for (int c = 0; c < width; c++) {
            double sum = 0;
            for (int i = 0; i < TAPS; i++) {
                int row = axis.indices[y * TAPS + i] * side;
                double line = 0;
                for (int j = 0; j < TAPS; j++) {
                    int column = axis.indices[x * TAPS + j];
                    line += axis.weights[x * TAPS + j] * source[width * (1 + row + column) + c];
                }
                sum += axis.weights[y * TAPS + i] * line;
            }
            target[at + c] = (float) sum;
        }
    }

    /** The four source positions and weights of every target position along one side. */
    private static final class Axis {

        private final int[] indices;
        private final double[] weights;

        private Axis(int[] indices, double[] weights) {
            this.indices = indices;
            this.weights = weights;
        }

        static Axis of(int oldSide, int newSide) {
            int[] indices = new int[newSide * TAPS];
            double[] weights = new double[newSide * TAPS];
            double scale = (double) oldSide / newSide;
            for (int i = 0; i < newSide; i++) {
                double centre = scale * (i + 0.5) - 0.5;
                int base = (int) Math.floor(centre);
                for (int tap = 0; tap < TAPS; tap++) {
                    indices[i * TAPS + tap] = Math.min(Math.max(base - 1 + tap, 0), oldSide - 1);
                    weights[i * TAPS + tap] = weight(Math.abs(centre - (base - 1 + tap)));
                }
            }
            return new Axis(indices, weights);
        }

        /** The cubic convolution kernel at a distance of 0 to 2. */
        private static double weight(double distance) {
            if (distance <= 1) {
                return ((A + 2) * distance - (A + 3)) * distance * distance + 1;
            }
            return ((A * distance - 5 * A) * distance + 8 * A) * distance - 4 * A;
        }
    }
}
