package dev.mpo.train.checkpoint;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.model.ParameterBuffer;
import dev.mpo.core.model.ParameterPiece;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.weights.ModelParameterStore;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.optim.AdamW;
import dev.mpo.train.ranks.Team;
import dev.mpo.train.setup.PolicyExport;
import dev.mpo.train.setup.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    }

    /** Removes what saves that never ended have left. */
    public void removeUnfinished() {
        if (!Files.isDirectory(run)) {
            return;
        }
        try (Stream<Path> found = Files.list(run)) {
            for (Path path : found.toList()) {
                if (path.getFileName().toString().matches("(step-\\d+|final)(\\.old|\\.parts)?\\.tmp")) {
                    Folders.delete(path);
                }
            }
        } catch (IOException e) {
            throw new CheckpointException(run + ": cannot be cleaned of unfinished checkpoints: " + e, e);
        }
    }

    /** Returns the failure to save a checkpoint, with what a user needs to know. */
    CheckpointException notSaved(long step, Exception cause) {
        return new CheckpointException(
                StepFolder.of(run, step).path() + ": the checkpoint cannot be saved: " + cause.getMessage() + " ("
                        + freeSpace() + "). Earlier checkpoints are untouched: " + names()
                        + ". Make room, then continue with --resume",
                cause);
    }

    /**
     * Sets weights, moments and the reward shift from a checkpoint, whatever number of ranks has written it and
     * whatever part of the model this rank owns, and returns the rest of its state.
     */
    static RunState restore(StepFolder folder, Training training) {
        RunState state = Json.read(folder.stateFile(), RunState.class);
        int parts = Manifest.read(folder.path()).numRanks();
        AdamW optimizer = training.optimizer();
        List<ParameterBuffer> trained = optimizer.buffers();
        TensorFile.read(folder.allWeights(parts), ModelParameterStore.of(trained, ParameterBuffer::master), true);
        TensorFile.read(folder.allFirstMoments(parts), ModelParameterStore.of(trained, optimizer::firstMoment), true);
        TensorFile.read(folder.allSecondMoments(parts), ModelParameterStore.of(trained, optimizer::secondMoment), true);
        training.exchange().publish(trained);
        optimizer.restoreStepCount(state.step());
        training.loss().rewardMoments().restore(state.rewardMoments());
        return state;
    }

    /** Sets the weights that a checkpoint holds in a model that has them all, trained or not. */
    static void restoreWeights(StepFolder folder, VisionLanguageModel model) {
        int parts = Manifest.read(folder.path()).numRanks();
        setWeights(folder.allWeights(parts), model);
    }

    private static void setWeights(List<Path> files, VisionLanguageModel model) {
        TensorFile.read(files, ModelParameterStore.of(model.parameters()), false);
        model.parameters().publish();
    }

    /**
     * Exports the trained model, whatever parts of it the ranks own: they write their parts beside the target, from
     * which the first rank makes the model.
     */
    public static void export(Training training, RunConfig settings, Path target, Team team) {
        if (training.policy().parameters().trained().stream()
                .allMatch(buffer -> buffer.ownedLength() == buffer.length())) {
            team.first(() -> export(training, target));
            return;
        }
        StepFolder parts = new StepFolder(Folders.temporary(target.resolveSibling(target.getFileName() + ".parts")), 0);
        team.first(() -> recreate(parts.path()));
        try (Scope views = new Scope()) {
            List<ParameterPiece> pieces = new ArrayList<>();
            for (ParameterBuffer buffer : training.optimizer().buffers()) {
                pieces.addAll(ParameterPiece.of(buffer, buffer.master(), views));
            }
            int rank = team.collectives().rank();
            TensorFile.write(parts.weights(rank, team.size()), pieces);
        }
        team.barrier();
        team.first(() -> exportParts(settings, parts, team.size(), target));
    }

    private static void recreate(Path folder) {
        try {
            Folders.delete(folder);
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new CheckpointException(folder + ": cannot be written: " + e, e);
        }
    }

    private static void exportParts(RunConfig settings, StepFolder parts, int numParts, Path target) {
        Path unfinished = Folders.temporary(target);
        try (PolicyExport export = PolicyExport.open(settings)) {
            Folders.delete(unfinished);
            setWeights(parts.allWeights(numParts), export.policy());
            export.write(unfinished);
            Folders.publish(unfinished, target);
            Folders.delete(parts.path());
        } catch (IOException e) {
            throw new CheckpointException(target + ": the trained model cannot be written: " + e, e);
        }
    }

    /**
     * Exports a model that this process owns entirely to a folder that appears only when it is complete, in place of an
     * earlier export.
     */
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

    /** Later steps than the one just saved can only be damaged ones that the run has passed over. */
    void prune(long saved, int keep) {
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
}
