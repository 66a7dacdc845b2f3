package dev.mpo.train.checkpoint;

import dev.mpo.core.ConfigException;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.optim.LrSchedule;
import dev.mpo.train.setup.PairData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What may differ between a run and its continuation: where files lie, how fast and how long it goes, and what is
 * recorded. Everything else decides what is computed. The number of processes may change if the micro-batches of an
 * optimizer step stay as many.
 */
final class ResumeRules {

    private static final Logger LOG = LoggerFactory.getLogger(ResumeRules.class);

    private static final Set<String> CHANGEABLE = Set.of(
            "model.path",
            "model.lora.init",
            "data.meta",
            "data.path_map",
            "data.num_workers",
            "data.prefetch_bytes",
            "data.on_bad_sample",
            "data.max_bad_fraction",
            "train.epochs",
            "train.max_steps",
            "train.num_threads",
            "train.recompute",
            "reference.path",
            "reference.cache",
            "engine.mode");
    private static final Set<String> CHANGEABLE_SECTIONS = Set.of("parallel", "checkpoint", "log");
    private static final Set<String> LENGTH = Set.of("train.epochs", "train.max_steps");

    private static final String ACCUMULATION = "train.gradient_accumulation_steps";

    private ResumeRules() {}

    /**
     * Compares settings.
     *
     * @param ranksThen the processes of the run that wrote the checkpoint
     * @param ranksNow the processes of its continuation
     * @throws ConfigException naming every setting that must not change, with both values
     */
    static void check(StepFolder folder, RunConfig now, int ranksThen, int ranksNow) {
        RunConfig then = folder.config();
        Map<String, String> before = then.bySetting();
        List<String> refused = new ArrayList<>();
        now.bySetting().forEach((key, value) -> {
            String old = Objects.requireNonNull(before.get(key));
            if (old.equals(value)) {
                return;
            }
            if (key.equals(ACCUMULATION)) {
                return; // by itself it says nothing: see below
            }
            if (!mayChange(key)) {
                refused.add(key + ": " + old + " in the checkpoint, " + value + " now");
            } else if (LENGTH.contains(key) && now.train().lrScheduler() != LrSchedule.Kind.CONSTANT) {
                LOG.warn("{} was {} and is {}: the learning rate follows the new length from here on", key, old, value);
            } else {
                LOG.info("{} was {} and is {}", key, old, value);
            }
        });
        if ((then.reference().path() == null) != (now.reference().path() == null)) {
            refused.add("reference.path: " + then.reference().path() + " in the checkpoint, "
                    + now.reference().path() + " now");
        }
        int stepThen = then.train().gradientAccumulationSteps() * ranksThen;
        int stepNow = now.train().gradientAccumulationSteps() * ranksNow;
        if (stepThen != stepNow) {
            refused.add(
                    "an optimizer step takes " + stepThen + " micro-batches in the checkpoint (" + ACCUMULATION + "="
                            + stepThen / ranksThen + " on " + ranksThen + " processes), " + stepNow + " now ("
                            + stepNow / ranksNow + " on " + ranksNow + ")");
        }
        if (!refused.isEmpty()) {
            throw new ConfigException(
                    "cannot continue from " + folder.path() + " with other settings: " + String.join("; ", refused)
                            + ". Use the settings of the run, or start another with a new --output");
        }
    }

    private static boolean mayChange(String key) {
        return CHANGEABLE.contains(key) || CHANGEABLE_SECTIONS.contains(key.substring(0, key.indexOf('.')));
    }

    /** Refuses other data than those that the position of a checkpoint counts through. */
    static void check(StepFolder folder, RunState state, PairData data) {
        List<RunState.DataSize> now = sizes(data.datasets());
        if (!now.equals(state.data())) {
            throw new ConfigException(
                    "data.meta: cannot continue from " + folder.path() + ": expected the data sets " + state.data()
                            + ", got " + now + ". Use the data of the run, or start another with a new --output");
        }
    }

    static List<RunState.DataSize> sizes(List<PairDataset> datasets) {
        return datasets.stream()
                .map(set -> new RunState.DataSize(set.name(), set.rowCount(), set.pairsPerEpoch()))
                .toList();
    }
}
