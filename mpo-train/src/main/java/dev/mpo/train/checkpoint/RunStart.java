package dev.mpo.train.checkpoint;

import dev.mpo.core.ConfigException;
import dev.mpo.core.LongWait;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.ranks.Team;
import dev.mpo.train.setup.RunDirectory;
import dev.mpo.train.setup.RunLock;
import dev.mpo.train.setup.Training;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a run begins: at its first step, or after a checkpoint of its folder. */
public final class RunStart {

    private static final Logger LOG = LoggerFactory.getLogger(RunStart.class);

    private static final long NONE = -1;

    private final RunDirectory directory;
    private final @Nullable StepFolder checkpoint;

    private RunStart(RunDirectory directory, @Nullable StepFolder checkpoint) {
        this.directory = directory;
        this.checkpoint = checkpoint;
    }

    /**
     * Refuses a folder that cannot be written to: one in use, or without {@code checkpoint.resume} one that holds an
     * earlier run. Reads nothing and changes nothing.
     *
     * @throws ConfigException saying which
     */
    public static void requireUsable(RunConfig settings, Path output) {
        RunDirectory directory = new RunDirectory(output);
        directory.requireFolder();
        RunLock.requireFree(output);
        if (!settings.checkpoint().resume()) {
            directory.requireUnused();
        }
    }

    /**
     * Finds the beginning, the same on all ranks. The first rank holds the folder's {@link RunLock}.
     *
     * @throws ConfigException if the folder holds an earlier run and the settings do not say to resume, or say to
     *     resume with settings that must not change
     * @throws dev.mpo.core.CheckpointException if all checkpoints are damaged
     */
    public static RunStart find(RunConfig settings, Path output, Team team) {
        long step;
        LongWait disk = LongWait.begin();
        try (disk) {
            step = team.decideNumber(() -> findStep(settings, output, team.size()));
        }
        return new RunStart(new RunDirectory(output), step == NONE ? null : StepFolder.of(output, step));
    }

    private static long findStep(RunConfig settings, Path output, int ranks) {
        RunDirectory directory = new RunDirectory(output);
        if (!settings.checkpoint().resume()) {
            directory.requireUnused();
            return NONE;
        }
        CheckpointStore store = new CheckpointStore(output);
        store.removeUnfinished();
        StepFolder newest = store.newest().orElse(null);
        if (newest != null) {
            int ranksThen = Json.read(newest.stateFile(), RunState.class).ranks();
            ResumeRules.check(newest, settings, ranksThen, ranks);
        } else if (Files.exists(directory.export())) {
            throw new ConfigException("--resume: the run in " + output
                    + " is finished and kept no checkpoint, so there is nothing to continue; its model is in "
                    + directory.export());
        } else {
            LOG.info("no checkpoint in {} yet: starting with the first step", output);
        }
        return newest == null ? NONE : newest.step();
    }

    /** Prepares folder, weights, optimizer and loss for the next step, and returns what else it depends on. */
    public RunState begin(Training training, Team team) {
        if (checkpoint == null) {
            team.first(directory::begin);
            return RunState.START;
        }
        RunState state = CheckpointStore.restore(checkpoint, training);
        ResumeRules.check(checkpoint, state, training.data());
        team.first(() -> directory.continueFrom(state.metricsBytes(), state.badSamplesBytes()));
        LOG.info("continuing after step {} from {}", state.step(), checkpoint.path());
        return state;
    }
}
