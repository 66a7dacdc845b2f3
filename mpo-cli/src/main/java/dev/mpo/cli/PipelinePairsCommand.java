package dev.mpo.cli;

import dev.mpo.core.DataException;
import dev.mpo.eval.pipeline.pairs.PairBuilding;
import dev.mpo.eval.pipeline.pairs.PairOptions;
import dev.mpo.eval.pipeline.pairs.PairReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mpo pipeline pairs}: sampled answers become preference pairs. */
@Command(
        name = "pairs",
        description =
                "Turns sampled answers into preference pairs: right ones against wrong ones, and against ones that"
                        + " do not keep to the format. Each NAME.jsonl of the data folder becomes files below raw/, pos_items/"
                        + " and neg_items/ of the save folder; meta.json there is ready for mpo train. The same input gives the"
                        + " same files.")
final class PipelinePairsCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            required = true,
            description = "Folder of the sampled answers: .jsonl files with image, question, answer, response and"
                    + " prompt_version.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private Path dataDir;

    @Option(
            names = "--save-dir",
            paramLabel = "DIR",
            required = true,
            description = "Folder for the pairs; made if missing.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private Path saveDir;

    @Option(
            names = "--answer-fix",
            description = "Write the ground truth into chosen answers that contain it (prompt versions en and zh).")
    private boolean answerFix;

    @Option(names = "--force", description = "Add --solutions also to questions that were answered right.")
    private boolean force;

    @Option(
            names = "--num-pairs-per-key",
            paramLabel = "N",
            defaultValue = "15",
            description = "Most pairs of either kind per image, question and answer; at most 3 in files with more than"
                    + " 500,000 lines.")
    private int pairsPerKey;

    @Option(
            names = "--max-lines",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Lines of a file that are read.")
    private int maxLines;

    @Option(names = "--overwrite", description = "Make pairs again that exist; otherwise such files are skipped.")
    private boolean overwrite;

    @Option(
            names = "--use-correctness-cache",
            description = "Take the verdict from is_correct of each line; nothing is parsed, fixed or skipped.")
    private boolean correctnessCache;

    @Option(
            names = "--solutions",
            paramLabel = "PART=FILE.jsonl",
            description = "Further responses, for files whose name contains PART (such as m3cot); right ones are chosen"
                    + " for questions that were never answered right.")
    private Map<String, Path> solutions = Map.of();

    @Option(
            names = "--image-root",
            paramLabel = "DIR",
            description = "Folder that image paths start from, for meta.json; by default the one that the answers were"
                    + " sampled with.")
    private @Nullable Path imageRoot;

    /**
     * What the command did.
     *
     * @param meta the meta file of the pairs
     * @param pairs the pairs written
     * @param files what became of each file
     */
    private record Result(String meta, long pairs, List<PairReport> files) {}

    @Override
    public Integer call() {
        PairOptions options = new PairOptions(
                answerFix, correctnessCache, pairsPerKey, maxLines, overwrite, force, solutions, imageRoot);
        List<PairReport> reports;
        try (JobProgress progress = JobProgress.start(Mpo.of(spec.commandLine()), "pairs", "line")) {
            reports = new PairBuilding(options).run(dataDir, saveDir, progress::update);
        }
        print(reports);
        return ExitCodes.OK;
    }

    private void print(List<PairReport> reports) {
        PrintWriter console = spec.commandLine().getOut();
        long pairs = reports.stream()
                .mapToLong(report ->
                        report.correctness().written() + report.format().written())
                .sum();
        Path meta = saveDir.resolve("meta.json");
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(console, new Result(meta.toString(), pairs, reports));
            requireAny(pairs, reports);
            return;
        }
        for (PairReport report : reports) {
            console.println(
                    report.skipped() ? report.dataset() + ": pairs exist, skipped (--overwrite)" : line(report));
        }
        console.flush();
        requireAny(pairs, reports);
        console.println(pairs + " pairs written; train on them with --meta " + meta);
        console.flush();
    }

    /** Nothing to train on is no success, unless the pairs were there before. */
    private static void requireAny(long pairs, List<PairReport> reports) {
        if (pairs > 0 || reports.stream().anyMatch(PairReport::skipped)) {
            return;
        }
        long responses = reports.stream().mapToLong(PairReport::responses).sum();
        throw new DataException(
                responses == 0
                        ? "no pairs were made, for the files hold no responses: sample answers first"
                        : "no pairs were made of " + responses
                                + " responses, for no question has both a right and a wrong one: sample more answers per"
                                + " question, or harder questions");
    }

    private static String line(PairReport report) {
        String line = "%s: %d responses to %d questions (%d right, %d wrong, %d unreadable, %d undecided: %.1f %%)%s;"
                + " %d correctness and %d format pairs";
        return line.formatted(
                report.dataset(),
                report.responses(),
                report.keys(),
                report.right(),
                report.wrong(),
                report.unreadable(),
                report.undecided(),
                100 * report.undecidedShare(),
                report.badLines() == 0 ? "" : ", " + report.badLines() + " lines left out",
                report.correctness().written(),
                report.format().written());
    }
}
