package dev.mpo.data.image;

/**
 * Fixed-point bicubic weights that resize a line of {@code sourceLength} samples to another length.
 *
 * <p>The filter is Keys' cubic with a = -0.5; when shrinking, its support is widened by the scale (antialiasing).
 * Weights of one output sample are normalised to one in double precision and then rounded to {@value #FRACTION_BITS}
 * fractional bits.
 */
@SuppressWarnings("ArrayRecordComponent") // package-private tables, never compared
record BicubicKernel(int[] starts, int[] lengths, int[] weights, int stride) {

    /** Fractional bits of a weight: 32 bits less 8 of the sample and 2 of headroom for overshoot. */
    static final int FRACTION_BITS = 32 - 8 - 2;

    /** One half in the fixed-point format: the start value of an accumulator, so that the final shift rounds. */
    static final int ROUNDING = 1 << (FRACTION_BITS - 1);

    private static final double A = -0.5;

    /** The curve that says how much a sample counts at a distance. */
    enum Filter {
        /** Keys' cubic. */
        BICUBIC(2) {
            @Override
            double at(double signed) {
                return cubic(signed);
            }
        },
        /** A triangle. */
        BILINEAR(1) {
            @Override
            double at(double signed) {
                return Math.max(0, 1 - Math.abs(signed));
            }
        };

        private final double radius;

        Filter(double radius) {
            this.radius = radius;
        }

        abstract double at(double signed);
    }

    /** Computes the weights of the bicubic filter. */
    static BicubicKernel of(int sourceLength, int targetLength) {
        return of(sourceLength, targetLength, Filter.BICUBIC);
    }

    /** Computes the weights; output sample {@code i} reads {@code lengths[i]} samples from {@code starts[i]} on. */
    static BicubicKernel of(int sourceLength, int targetLength, Filter filter) {
        double scale = (double) sourceLength / targetLength;
        double filterScale = Math.max(scale, 1.0);
        double support = filter.radius * filterScale;
        int stride = (int) Math.ceil(support) * 2 + 1;
        BicubicKernel kernel = new BicubicKernel(
                new int[targetLength],
                new int[targetLength],
                new int[Math.multiplyExact(targetLength, stride)],
                stride);
        double[] scratch = new double[stride];
        for (int i = 0; i < targetLength; i++) {
            double center = (i + 0.5) * scale;
            int start = Math.max((int) (center - support + 0.5), 0);
            int end = Math.min((int) (center + support + 0.5), sourceLength);
            kernel.starts[i] = start;
            kernel.lengths[i] = end - start;
            kernel.fillWeights(filter, i, start + 0.5 - center, 1.0 / filterScale, scratch);
        }
        return kernel;
    }

    private void fillWeights(Filter filter, int target, double offset, double inverseScale, double[] scratch) {
        int length = lengths[target];
        double sum = 0;
        for (int k = 0; k < length; k++) {
            scratch[k] = filter.at((k + offset) * inverseScale);
            sum += scratch[k];
        }
        for (int k = 0; k < length; k++) {
            double weight = (sum == 0 ? scratch[k] : scratch[k] / sum) * (1 << FRACTION_BITS);
            weights[target * stride + k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
        }
    }

    private static double cubic(double signed) {
        double x = Math.abs(signed);
        if (x < 1.0) {
            return ((A + 2.0) * x - (A + 3.0)) * x * x + 1;
        }
        return x < Filter.BICUBIC.radius ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }

    /** Returns the number of output samples. */
    int size() {
        return starts.length;
    }

    /** Returns the first source sample that any output reads. */
    int firstSource() {
        return starts[0];
    }

    /** Returns the largest number of source samples that one output reads. */
    int longest() {
        int longest = 0;
        for (int length : lengths) {
            longest = Math.max(longest, length);
        }
        return longest;
    }
}
