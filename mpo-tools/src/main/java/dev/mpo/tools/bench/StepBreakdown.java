package dev.mpo.tools.bench;

import dev.mpo.core.model.StageTimer.Work;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the time of a step goes.
 *
 * <ul>
 *   <li>{@code data}: laying the pairs out in one stream and bringing them to the device, with everything else that is
 *       not named below. Reading and decoding images is not part of a step: the loader's threads do it meanwhile.
 *   <li>{@code vision}: vision tower and projector of the policy, forward.
 *   <li>{@code prefix}, {@code branches}: embedding and decoder layers of the policy, forward. Both are computed in the
 *       same operations, so that their time is divided in the ratio of their arithmetic.
 *   <li>{@code scoring}: final norm and output head of the policy, forward.
 *   <li>{@code reference}: all of the reference model.
 *   <li>{@code backward}: the backward pass of the policy, recomputation included.
 *   <li>{@code optimizer}: one optimizer step on all parameters, which is measured apart from the pairs.
 *   <li>{@code collectives}: exchange with other processes; a benchmark has none.
 * </ul>
 */
final class StepBreakdown {

    private final double prefixShare;
    private final Map<String, List<Double>> parts = new LinkedHashMap<>();
    private final Map<String, List<Double>> backward = new LinkedHashMap<>();

    /**
     * Creates an empty breakdown.
     *
     * @param prefixShare share of the prefix in the arithmetic of the decoder
     */
    StepBreakdown(double prefixShare) {
        this.prefixShare = prefixShare;
    }

    /**
     * Adds a step.
     *
     * @param wall seconds of the step
     * @param policy nanoseconds of the policy by kind of work
     * @param reference nanoseconds of the reference by kind of work
     */
    void add(double wall, Map<Work, Long> policy, Map<Work, Long> reference) {
        double language = seconds(policy, Work.LANGUAGE);
        double visionBackward = seconds(policy, Work.VISION_BACKWARD);
        double languageBackward = seconds(policy, Work.LANGUAGE_BACKWARD);
        double scoringBackward = seconds(policy, Work.SCORING_BACKWARD);
        double known = sum(policy) + sum(reference);
        put(parts, "data", wall - known);
        put(parts, "vision", seconds(policy, Work.VISION));
        put(parts, "prefix", language * prefixShare);
        put(parts, "branches", language * (1 - prefixShare));
        put(parts, "scoring", seconds(policy, Work.SCORING));
        put(parts, "reference", sum(reference));
        put(parts, "backward", visionBackward + languageBackward + scoringBackward);
        put(backward, "vision", visionBackward);
        put(backward, "language", languageBackward);
        put(backward, "scoring", scoringBackward);
    }

    private static double seconds(Map<Work, Long> nanos, Work work) {
        return nanos.getOrDefault(work, 0L) / 1e9;
    }

    private static double sum(Map<Work, Long> nanos) {
        return nanos.values().stream().mapToLong(Long::longValue).sum() / 1e9;
    }

    private static void put(Map<String, List<Double>> into, String name, double value) {
        into.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    }

    /**
     * Returns the median seconds per pair of every kind of work.
     *
     * @param optimizer seconds of an optimizer step
     */
    Map<String, Double> perPair(int batchSize, double optimizer) {
        Map<String, Double> all = medians(parts, batchSize);
        all.put("optimizer", optimizer);
        all.put("collectives", 0.0);
        return all;
    }

    /** Returns the same for the parts of the model within the backward pass. */
    Map<String, Double> backwardPerPair(int batchSize) {
        return medians(backward, batchSize);
    }

    private static Map<String, Double> medians(Map<String, List<Double>> values, int batchSize) {
        Map<String, Double> all = new LinkedHashMap<>();
        values.forEach((name, list) -> all.put(name, median(list) / batchSize));
        return all;
    }

    static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
