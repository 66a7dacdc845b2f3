package dev.mpo.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.data.loader.SampleRef;
import dev.mpo.train.metrics.MicroBatchMetrics;
import dev.mpo.train.ranks.Team;
import java.util.ArrayList;
import java.util.List;

/**
 * What a rank tells the others at the end of every optimizer step, before the weights are updated.
 *
 * @param microBatches the numbers of its micro-batches
 * @param problem what is not finite and in which samples, or empty
 * @param newBad rows that it found unusable
 * @param waitedNanos time that it waited for data
 * @param peakMemoryBytes largest memory of the process so far
 */
record StepReport(
        List<MicroBatchMetrics> microBatches,
        String problem,
        List<SampleRef> newBad,
        long waitedNanos,
        long peakMemoryBytes) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Exchanges the reports of all ranks; they come back in rank order. */
    static List<StepReport> exchange(Team team, StepReport mine) {
        if (team.size() == 1) {
            return List.of(mine);
        }
        try {
            List<StepReport> all = new ArrayList<>();
            for (String text : team.gather(JSON.writeValueAsString(mine))) {
                all.add(JSON.readValue(text, StepReport.class));
            }
            return all;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report of one rank cannot be read by another", e);
        }
    }
}
