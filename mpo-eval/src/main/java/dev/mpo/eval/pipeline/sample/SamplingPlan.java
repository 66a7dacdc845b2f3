package dev.mpo.eval.pipeline.sample;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.DataException;
import dev.mpo.data.jsonl.JsonlFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * This process's share of the rows of a prompt file: of the rows that are used, every {@code size}-th. Equal rows ask
 * for samples with numbers of their own, so that all of them are answered, differently, on whatever rank they are.
 */
final class SamplingPlan {

    /**
     * A row of the share.
     *
     * @param line the 0-based line
     * @param key the question
     * @param firstSample the number of its first sample
     */
    record Item(int line, long key, int firstSample) {}

    /** Samples of one row that are missing, with neighbouring numbers. */
    record Gap(Item item, int firstSample, int count) {}

    private final List<Item> items = new ArrayList<>();
    private long badRows;

    private SamplingPlan() {}

    /** Reads all rows that are used, so that mistakes in the file show before any model is asked. */
    static SamplingPlan of(JsonlFile file, SamplingRecipe recipe, SamplingOptions options, SamplingListener listener) {
        SamplingPlan plan = new SamplingPlan();
        Map<Long, Integer> seen = new HashMap<>();
        int[] lines = EvenSubset.rows(file.rowCount(), options.maxRows(), options.startRow())
                .toArray();
        int numSamples = options.samples().numSamples();
        for (int i = 0; i < lines.length; i++) {
            boolean own = i % options.ranks().size() == options.ranks().rank();
            try {
                ObjectNode row = file.object(lines[i], "write " + recipe.advice());
                long key = SampleKey.of(recipe.draft(row, file.where(lines[i])), recipe.keyFields());
                int before = seen.merge(key, 1, Integer::sum) - 1;
                if (own) {
                    plan.items.add(new Item(lines[i], key, before * numSamples));
                }
            } catch (DataException e) {
                if (own) {
                    plan.badRows++;
                    listener.onFailure(file.where(lines[i]), String.valueOf(e.getMessage()));
                }
            }
        }
        return plan;
    }

    List<Item> items() {
        return items;
    }

    long badRows() {
        return badRows;
    }

    /** Returns what is missing, row by row. */
    Iterator<Gap> gaps(DoneSamples done, int numSamples) {
        return items.stream()
                .flatMap(item -> gaps(item, done, numSamples).stream())
                .iterator();
    }

    private static List<Gap> gaps(Item item, DoneSamples done, int numSamples) {
        List<Gap> gaps = new ArrayList<>();
        int end = item.firstSample() + numSamples;
        for (int sample = item.firstSample(); sample < end; sample++) {
            int first = sample;
            while (sample < end && !done.has(item.key(), sample)) {
                sample++;
            }
            if (sample > first) {
                gaps.add(new Gap(item, first, sample - first));
            }
        }
        return gaps;
    }
}
