package dev.mpo.eval.pipeline.pairs;

import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.eval.judge.score.AnswerJudge;
import dev.mpo.eval.judge.score.CarefulJudge;
import dev.mpo.eval.pipeline.sample.ImageRoots;
import dev.mpo.eval.pipeline.sample.SampleFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a folder of sampled answers into preference data.
 *
 * <p>Each {@code NAME.jsonl}, with its {@code NAME.rank-*.jsonl}, becomes
 * {@code raw/NAME_pairs_vqa_correctness_rules.jsonl} (right against wrong),
 * {@code raw/NAME_pairs_vqa_format_rules.jsonl} (right against unreadable), {@code pos_items/NAME.jsonl} (the right
 * responses) and {@code neg_items/NAME.jsonl} (questions never answered right); {@code meta.json} lists the pairs for
 * training. A file of pairs that would be empty is not written. The same input gives the same bytes.
 */
public final class PairBuilding {

    private static final Logger LOG = LoggerFactory.getLogger(PairBuilding.class);
    private static final String SUFFIX = ".jsonl";

    private final PairOptions options;
    private final AnswerJudge judge;

    /** Creates the job. */
    public PairBuilding(PairOptions options) {
        this(options, new CarefulJudge());
    }

    /** Creates the job with another idea of what is right. */
    public PairBuilding(PairOptions options, AnswerJudge judge) {
        this.options = options;
        this.judge = judge;
    }

    /** Is told how far the job is. */
    @FunctionalInterface
    public interface Progress {

        /** Called after each question with the lines of the current file that are done. */
        void update(long lines, long totalLines, String dataset);
    }

    /**
     * Works through the files of a folder in the order of their names.
     *
     * @return what became of each file
     * @throws ConfigException if a folder is missing or cannot be written
     * @throws DataException if a line cannot be used; it names the file and the line
     */
    public List<PairReport> run(Path dataDir, Path saveDir, Progress progress) {
        List<PairReport> reports = new ArrayList<>();
        Map<String, List<Path>> files = inputs(dataDir);
        try {
            Files.createDirectories(saveDir);
            PairMeta meta = new PairMeta(saveDir);
            for (Map.Entry<String, List<Path>> dataset : files.entrySet()) {
                PairReport report = one(dataset.getKey(), dataset.getValue(), saveDir, progress);
                reports.add(report);
                if (!report.skipped()) {
                    Path root = imageRoot(dataDir, saveDir, report);
                    meta.put(
                            PairFiles.correctness(saveDir, report.dataset()),
                            report.correctness().written(),
                            root);
                    meta.put(
                            PairFiles.format(saveDir, report.dataset()),
                            report.format().written(),
                            root);
                    meta.save();
                }
            }
        } catch (IOException e) {
            throw new ConfigException(
                    "cannot write pairs to " + saveDir + " (" + e + "): choose another --save-dir", e);
        }
        return reports;
    }

    /** The folder that was given, or the one that the answers were sampled with. */
    private Path imageRoot(Path dataDir, Path saveDir, PairReport report) throws IOException {
        Path given = options.imageRoot();
        if (given != null) {
            return given;
        }
        Optional<Path> remembered = ImageRoots.read(dataDir, report.dataset());
        if (remembered.isEmpty() && haveImages(saveDir, report.dataset())) {
            LOG.warn(
                    "{}: the folder of the pictures is not known, and meta.json names the present one: give --image-root"
                            + " if that is wrong",
                    report.dataset());
        }
        return remembered.orElse(Path.of(""));
    }

    /** Whether the first pair of either kind has a picture. */
    private static boolean haveImages(Path saveDir, String dataset) throws IOException {
        for (Path file : List.of(PairFiles.correctness(saveDir, dataset), PairFiles.format(saveDir, dataset))) {
            if (Files.exists(file)) {
                try (Stream<String> lines = Files.lines(file)) {
                    return lines.findFirst()
                            .filter(line -> line.startsWith("{\"image\""))
                            .isPresent();
                }
            }
        }
        return false;
    }

    /** The files of each data set, in the order of their names; several ranks write several. */
    private static Map<String, List<Path>> inputs(Path dataDir) {
        if (!Files.isDirectory(dataDir)) {
            throw new ConfigException(
                    "--data-dir " + dataDir + " is not a folder: give the folder that holds the sampled answers");
        }
        try (Stream<Path> files = Files.list(dataDir)) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().endsWith(SUFFIX) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new DataException("--data-dir " + dataDir + " holds no .jsonl file: sample answers first");
            }
            Map<String, List<Path>> byDataset = new TreeMap<>();
            for (Path file : found) {
                byDataset
                        .computeIfAbsent(SampleFolder.dataset(file), name -> new ArrayList<>())
                        .add(file);
            }
            return byDataset;
        } catch (IOException e) {
            throw new ConfigException("--data-dir " + dataDir + " cannot be read: " + e, e);
        }
    }

    private PairReport one(String dataset, List<Path> inputs, Path saveDir, Progress progress) throws IOException {
        String name = dataset + SUFFIX;
        if (!options.overwrite() && Files.exists(PairFiles.correctness(saveDir, dataset))) {
            LOG.info("{}: pairs exist, skipped (--overwrite makes them again)", name);
            return PairReport.skipped(dataset);
        }
        try (ResponseFiles input = ResponseFiles.open(inputs);
                ResponseFiles solutions = solutions(name);
                PairFiles outputs = new PairFiles(saveDir, dataset)) {
            int lines = Math.min(input.rowCount(), options.maxLines());
            PairReport report = new DatasetPairs(dataset, input, solutions, options, judge)
                    .write(outputs, done -> progress.update(done, lines, dataset));
            outputs.commit();
            LOG.info(
                    "{}: {} right, {} wrong, {} unreadable, {} undecided responses; {} + {} pairs",
                    name,
                    report.right(),
                    report.wrong(),
                    report.unreadable(),
                    report.undecided(),
                    report.correctness().written(),
                    report.format().written());
            return report;
        }
    }

    private @Nullable ResponseFiles solutions(String name) {
        Optional<Path> path = options.solutions().entrySet().stream()
                .filter(entry -> name.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
        return path.isEmpty() ? null : ResponseFiles.open(List.of(path.get()));
    }
}
