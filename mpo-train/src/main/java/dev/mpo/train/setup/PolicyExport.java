package dev.mpo.train.setup;

import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.weights.Layout;
import dev.mpo.train.config.RunConfig;
import java.nio.file.Path;

/** The policy of a run, loaded only to be given other weights and written: no data, no gradients, no reference. */
public final class PolicyExport implements AutoCloseable {

    private final ModelFolder folder;
    private final VisionLanguageModel policy;

    private PolicyExport(ModelFolder folder, VisionLanguageModel policy) {
        this.folder = folder;
        this.policy = policy;
    }

    /** Loads the model of {@code model.path}, with adapters if the settings ask for them. */
    public static PolicyExport open(RunConfig settings) {
        ModelFolder folder =
                ModelFolder.open(Models.policyPath(settings), settings.model().imageSize());
        try {
            // The adapters' values come from the checkpoint; the file that they began with may be gone.
            return new PolicyExport(folder, Models.exportedPolicy(settings.with("model.lora.init=null"), folder));
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /** Returns the model. */
    public VisionLanguageModel policy() {
        return policy;
    }

    /** Returns the layout that {@link #write} writes: that of the folder that the model came from. */
    public Layout layout() {
        return folder.layout();
    }

    /** Merges the adapters and writes the model. */
    public void write(Path target) {
        LoraWeights.merge(policy);
        folder.export(policy, target);
    }

    @Override
    public void close() {
        policy.close();
        folder.close();
    }
}
