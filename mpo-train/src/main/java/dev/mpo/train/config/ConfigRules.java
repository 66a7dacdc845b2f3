package dev.mpo.train.config;

import dev.mpo.core.loss.LossTerm;
import dev.mpo.core.model.Part;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold between settings, and for settings whose values come from a list elsewhere. */
final class ConfigRules {

    private final RunConfig config;
    private final Map<String, String> sources;
    private final Problems problems;

    ConfigRules(RunConfig config, Map<String, String> sources, Problems problems) {
        this.config = config;
        this.sources = sources;
        this.problems = problems;
    }

    void check() {
        checkLossTypes();
        checkLossWeights();
        checkPatches();
        checkFrames();
        checkOrder();
        checkFreeze();
        checkAdapters();
    }

    private void checkLossTypes() {
        List<String> types = config.loss().type();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < types.size(); i++) {
            String type = types.get(i);
            if (!LossTerm.NAMES.contains(type)) {
                report(
                        "loss.type",
                        "[" + i + "]",
                        "unknown loss term \"" + type + "\"; the nearest known one is "
                                + NearestName.of(type, LossTerm.NAMES) + "; all: " + String.join(", ", LossTerm.NAMES));
            } else if (!seen.add(type)) {
                report("loss.type", "[" + i + "]", "\"" + type + "\" is listed twice; add up its weights instead");
            }
        }
        if (types.isEmpty()) {
            report(
                    "loss.type",
                    "",
                    "expected at least one loss term, got []; all: " + String.join(", ", LossTerm.NAMES));
        }
    }

    private void checkLossWeights() {
        int types = config.loss().type().size();
        int weights = config.loss().weights().size();
        if (types != weights && !problems.concerns("loss.type")) {
            report(
                    "loss.weights",
                    "",
                    "expected one weight for each of the " + types + " loss terms "
                            + config.loss().type() + ", got " + weights + ": "
                            + config.loss().weights()
                            + "; set loss.type and loss.weights together");
        }
    }

    private void checkPatches() {
        int min = config.data().minDynamicPatch();
        int max = config.data().maxDynamicPatch();
        if (min > max) {
            report("data.min_dynamic_patch", "", "expected at most data.max_dynamic_patch, " + max + ", got " + min);
        }
    }

    private void checkFrames() {
        int min = config.data().video().minNumFrame();
        int max = config.data().video().maxNumFrame();
        if (min > max) {
            report(
                    "data.video.min_num_frame",
                    "",
                    "expected at most data.video.max_num_frame, " + max + ", got " + min);
        }
    }

    private void checkOrder() {
        if (config.data().groupByLength() != DataSettings.GroupByLength.NONE
                && !config.data().shuffle()) {
            report(
                    "data.group_by_length",
                    "",
                    "has no effect on file order; set data.shuffle=true or data.group_by_length=none");
        }
    }

    private void checkFreeze() {
        Set<Part> frozen = new HashSet<>(config.model().freeze());
        if (frozen.size() == Part.values().length && !config.model().lora().enabled()) {
            report("model.freeze", "", "all parts of the model are frozen, so nothing would be trained; leave one out");
        }
    }

    private void checkAdapters() {
        LoraSettings lora = config.model().lora();
        if (lora.enabled() && lora.targets().isEmpty()) {
            report("model.lora.targets", "", "expected vision or language or both, got []; or set model.lora.rank=0");
        }
        if (lora.targets().contains(Part.PROJECTOR)) {
            report("model.lora.targets", "", "the projector takes no adapters; expected vision or language or both");
        }
        if (config.reference().mode() == ReferenceSettings.Mode.ADAPTER && !lora.enabled()) {
            report("reference.mode", "", "adapter needs adapters; set model.lora.rank above 0 or reference.mode=copy");
        }
        if (config.reference().mode() == ReferenceSettings.Mode.ADAPTER
                && config.reference().path() != null) {
            report(
                    "reference.path",
                    "",
                    "has no effect with reference.mode=adapter, where the reference is the policy without its adapters;"
                            + " leave it out or set reference.mode=copy");
        }
    }

    /** Reports a problem unless the setting has one already and is only standing in with its default. */
    private void report(String path, String suffix, String message) {
        if (!problems.concerns(path)) {
            problems.add(path + suffix, sources.getOrDefault(path, "?"), message);
        }
    }
}
