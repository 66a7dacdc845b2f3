package dev.mpo.train.checkpoint;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.model.ParameterBuffer;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.safetensors.SafetensorsWriter;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.optim.AdamW;
import dev.mpo.train.setup.Training;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a run: folders {@code step-N} that appear only when they are complete and on disk.
 *
 * @param run the run's folder
 */
public record CheckpointStore(Path run) {

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);
    private static final int RANK = 0;
    private static final int NUM_RANKS = 1;

    /**
     * Returns the newest sound checkpoint; damaged ones are named in warnings.
     *
     * @throws CheckpointException if there are checkpoints, but none is sound
     */
    public Optional<StepFolder> newest() {
        List<String> damages = new ArrayList<>();
        for (StepFolder folder : StepFolder.list(run)) {
            try {
                verify(folder);
                return Optional.of(folder);
            } catch (CheckpointException e) {
                LOG.warn("damaged checkpoint skipped: {}", e.getMessage());
                damages.add(e.getMessage());
            }
        }
        if (!damages.isEmpty()) {
            throw new CheckpointException(run + ": expected a sound checkpoint, but all " + damages.size()
                    + " are damaged: " + String.join("; ", damages)
                    + ". Restore one, or delete the step-* folders and metrics.jsonl to start again");
        }
        return Optional.empty();
    }

    static void verify(StepFolder folder) {
        Manifest manifest = Manifest.verified(folder.path());
        if (manifest.step() != folder.step()) {
            throw new CheckpointException(
                    folder.path() + ": holds step " + manifest.step() + ", which its name does not say");
        }
        if (manifest.numRanks() != NUM_RANKS) {
            throw new CheckpointException(folder.path() + ": was written by " + manifest.numRanks()
                    + " ranks; this version reads checkpoints of one");
        }
    }

    /** Removes what saves that never ended have left. */
    public void removeUnfinished() {
        if (!Files.isDirectory(run)) {
            return;
        }
        try (Stream<Path> found = Files.list(run)) {
            for (Path path : found.toList()) {
                if (path.getFileName().toString().matches("(step-\\d+|final)(\\.old)?\\.tmp")) {
                    Folders.delete(path);
                }
            }
        } catch (IOException e) {
            throw new CheckpointException(run + ": cannot be cleaned of unfinished checkpoints: " + e, e);
        }
    }

    /**
     * Saves a checkpoint, then removes the oldest beyond {@code checkpoint.keep}.
     *
     * @return its folder
     * @throws CheckpointException if it cannot be written; earlier checkpoints are then as they were
     */
    public Path save(Training training, RunConfig settings, RunState state) {
        StepFolder target = StepFolder.of(run, state.step());
        StepFolder unfinished = new StepFolder(Folders.temporary(target.path()), state.step());
        try {
            Folders.delete(unfinished.path());
            Files.createDirectories(unfinished.path());
            write(unfinished, training, settings, state);
            Folders.publish(unfinished.path(), target.path());
        } catch (IOException | UncheckedIOException | CheckpointException e) {
            String free = freeSpace();
            discard(unfinished, e);
            throw new CheckpointException(
                    target.path() + ": the checkpoint cannot be saved: " + e.getMessage() + " (" + free
                            + "). Earlier checkpoints are untouched: " + names()
                            + ". Make room, then continue with --resume",
                    e);
        }
        prune(state.step(), settings.checkpoint().keep());
        return target.path();
    }

    private static void write(StepFolder folder, Training training, RunConfig settings, RunState state)
            throws IOException {
        AdamW optimizer = training.optimizer();
        Device device = training.policy().options().device();
        SafetensorsWriter.writeText(folder.configFile(), settings.toYaml());
        Json.write(folder.stateFile(), state);
        try (Scope views = new Scope()) {
            TensorFile.write(folder.weights(RANK, NUM_RANKS), trained(training.policy()), device);
            TensorFile.write(folder.firstMoments(RANK, NUM_RANKS), optimizer.firstMoments(views), device);
            TensorFile.write(folder.secondMoments(RANK, NUM_RANKS), optimizer.secondMoments(views), device);
        }
        Json.write(folder.path().resolve(Manifest.FILE), Manifest.of(folder.path(), folder.step(), NUM_RANKS));
    }

    /** Sets weights, moments and the reward shift from a checkpoint, and returns the rest of its state. */
    static RunState restore(StepFolder folder, Training training) {
        RunState state = Json.read(folder.stateFile(), RunState.class);
        AdamW optimizer = training.optimizer();
        Device device = training.policy().options().device();
        try (Scope views = new Scope()) {
            TensorFile.read(folder.weights(RANK, NUM_RANKS), trained(training.policy()), device, true);
            TensorFile.read(folder.firstMoments(RANK, NUM_RANKS), optimizer.firstMoments(views), device, true);
            TensorFile.read(folder.secondMoments(RANK, NUM_RANKS), optimizer.secondMoments(views), device, true);
        }
        training.policy().parameters().publish();
        optimizer.restoreStepCount(state.step());
        training.loss().rewardMoments().restore(state.rewardMoments());
        return state;
    }

    /** Sets the weights that a checkpoint holds in a model that has them all, trained or not. */
    static void restoreWeights(StepFolder folder, VisionLanguageModel model) {
        TensorFile.read(
                folder.weights(RANK, NUM_RANKS),
                model.parameters().byName(),
                model.options().device(),
                false);
        model.parameters().publish();
    }

    /** Exports the trained model to a folder that appears only when it is complete, in place of an earlier export. */
    public static void export(Training training, Path target) {
        Path unfinished = Folders.temporary(target);
        try {
            Folders.delete(unfinished);
            training.export(unfinished);
            Folders.publish(unfinished, target);
        } catch (IOException e) {
            throw new CheckpointException(target + ": the trained model cannot be written: " + e, e);
        }
    }

    private static Map<String, Tensor> trained(VisionLanguageModel model) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        for (ParameterBuffer buffer : model.parameters().trained()) {
            for (int i = 0; i < buffer.specs().size(); i++) {
                all.put(
                        buffer.stage() + "." + buffer.specs().get(i).name(),
                        buffer.masterViews().get(i));
            }
        }
        return all;
    }

    /** Later steps than the one just saved can only be damaged ones that the run has passed over. */
    private void prune(long saved, int keep) {
        int kept = 1;
        for (StepFolder folder : StepFolder.list(run)) {
            if (folder.step() == saved || (folder.step() < saved && kept++ < keep)) {
                continue;
            }
            try {
                Folders.retire(folder.path());
            } catch (IOException e) {
                LOG.warn("the old checkpoint {} cannot be removed: {}", folder.path(), e.toString());
            }
        }
    }

    private String freeSpace() {
        try {
            return (Files.getFileStore(run).getUsableSpace() >> 20) + " MiB are free on that disk";
        } catch (IOException e) {
            return "free space unknown";
        }
    }

    private String names() {
        List<StepFolder> found = StepFolder.list(run);
        return found.isEmpty()
                ? "none yet"
                : String.join(
                        ", ",
                        found.stream()
                                .map(folder -> String.valueOf(folder.path().getFileName()))
                                .toList());
    }

    private static void discard(StepFolder unfinished, Exception cause) {
        try {
            Folders.delete(unfinished.path());
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
