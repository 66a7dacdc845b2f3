package dev.mpo.tools.plan;

/**
 * The numbers of the memory model that are measured and not derived. They were fitted to peaks of whole processes; to
 * fit them again, run {@code PeakProbe} of the tests and compare with {@link MemoryModel}.
 *
 * @param baseBytes a process with its libraries loaded and no model
 * @param keptFactor memory taken over memory counted for what is kept between forward and backward pass: what the
 *     allocator rounds up and cannot reuse
 * @param workFactor the same for what lives only while one stage is computed
 */
public record Calibration(double baseBytes, double keptFactor, double workFactor) {

    /**
     * Returns the numbers of the CPU: resident memory of the process, Java included. Fitted to the presets nano and
     * micro in both layouts, with and without recomputation, with and without a live reference; the largest deviation
     * was 6 %.
     */
    public static Calibration cpu() {
        return new Calibration(250e6, 1.05, 2.2);
    }

    /**
     * Returns the numbers of a GPU: its context and libraries, and a caching allocator that reuses blocks. Not
     * measured.
     */
    public static Calibration gpu() {
        return new Calibration(1.5e9, 1.05, 1.1);
    }
}
