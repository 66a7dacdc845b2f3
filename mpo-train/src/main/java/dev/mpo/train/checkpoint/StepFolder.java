package dev.mpo.train.checkpoint;

import dev.mpo.core.CheckpointException;
import dev.mpo.train.config.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The folder {@code step-N} of a checkpoint and the names of what is in it. Tensors are divided among files by rank, so
 * that more ranks add files and change none.
 *
 * @param path the folder
 * @param step N, the optimizer steps done
 */
public record StepFolder(Path path, long step) {

    private static final Pattern NAME = Pattern.compile("step-(\\d{1,18})");
    private static final String STATE = "state.json";
    private static final String CONFIG = "config.yaml";

    /** Returns the folder of a step below a run's folder, whether it exists or not. */
    static StepFolder of(Path run, long step) {
        return new StepFolder(run.resolve("step-" + step), step);
    }

    /** Returns the folders of a run, newest first, sound or not. */
    static List<StepFolder> list(Path run) {
        if (!Files.isDirectory(run)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(run)) {
            return found.flatMap(path -> parse(path).stream())
                    .sorted(Comparator.comparingLong(StepFolder::step).reversed())
                    .toList();
        } catch (IOException e) {
            throw new CheckpointException(run + ": cannot be read: " + e, e);
        }
    }

    /** Returns what a folder is by its name. */
    static Optional<StepFolder> parse(Path path) {
        Matcher name =
                NAME.matcher(String.valueOf(path.toAbsolutePath().normalize().getFileName()));
        return name.matches() && Files.isDirectory(path)
                ? Optional.of(new StepFolder(path, Long.parseLong(name.group(1))))
                : Optional.empty();
    }

    /** Returns the settings of the run when the checkpoint was written. */
    RunConfig config() {
        return RunConfig.load(List.of(configFile()), List.of());
    }

    Path configFile() {
        return path.resolve(CONFIG);
    }

    Path stateFile() {
        return path.resolve(STATE);
    }

    Path weights(int rank, int numRanks) {
        return tensors("weights", rank, numRanks);
    }

    Path firstMoments(int rank, int numRanks) {
        return tensors("first-moments", rank, numRanks);
    }

    Path secondMoments(int rank, int numRanks) {
        return tensors("second-moments", rank, numRanks);
    }

    List<Path> allWeights(int numRanks) {
        return all(rank -> weights(rank, numRanks), numRanks);
    }

    List<Path> allFirstMoments(int numRanks) {
        return all(rank -> firstMoments(rank, numRanks), numRanks);
    }

    List<Path> allSecondMoments(int numRanks) {
        return all(rank -> secondMoments(rank, numRanks), numRanks);
    }

    private static List<Path> all(IntFunction<Path> file, int numRanks) {
        return IntStream.range(0, numRanks).mapToObj(file).toList();
    }

    private Path tensors(String what, int rank, int numRanks) {
        return path.resolve("%s-rank-%05d-of-%05d.safetensors".formatted(what, rank, numRanks));
    }
}
