package dev.mpo.cli;

import dev.mpo.core.DataException;
import dev.mpo.data.check.CheckOptions;
import dev.mpo.data.check.CheckReport;
import dev.mpo.data.check.DataCheck;
import dev.mpo.data.check.Finding;
import dev.mpo.data.check.FindingKind;
import dev.mpo.data.check.FindingWriter;
import dev.mpo.data.check.ReservedStrings;
import dev.mpo.train.config.RunConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mpo data check}: looks at every row for what training could not use or nobody meant. */
@Command(
        name = "check",
        description = {
            "Looks at every row of a meta file: JSON, keys, image files, image markers, special tokens in texts, empty or"
                    + " equal answers, duplicates; with --model also the length at the given settings; with --decode also"
                    + " the pixels of every image.",
            "Bad rows are those that training would replace or stop at, and those without a preference. Exit code 3 if"
                    + " there are any; warnings count only with --strict."
        })
final class DataCheckCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli creates it before anything runs
    private SettingsOptions settings;

    @Parameters(paramLabel = "META", arity = "0..*", description = "Meta files (JSON); in place of --meta.")
    private List<String> meta = new ArrayList<>();

    @Option(names = "--decode", description = "Decode every image, each file once, instead of looking at its header.")
    private boolean decode;

    @Option(names = "--strict", description = "Treat warnings as bad rows.")
    private boolean strict;

    @Option(
            names = "--out",
            paramLabel = "FILE.jsonl",
            description = "File for all findings, one JSON object per line: where (file:line, from 1), kind, severity,"
                    + " message, dataset, line (from 0).")
    private @Nullable Path out;

    @Option(names = "--workers", paramLabel = "N", description = "Threads; by default one for each processor.")
    private @Nullable Integer workers;

    /**
     * The result for programs.
     *
     * @param rows rows of all data sets
     * @param bad rows that are bad
     * @param warned other rows with warnings
     * @param findings how often each kind was found
     * @param datasets the same for each data set
     */
    private record Result(long rows, long bad, long warned, Map<String, Long> findings, List<DatasetResult> datasets) {}

    /** The part of the result that is about one data set. */
    private record DatasetResult(String dataset, long rows, long bad, long warned, Map<String, Long> findings) {}

    @Override
    public Integer call() {
        RunConfig config = settings.loadForData(meta);
        CheckReport report;
        try (DataInput input = DataInput.open(config);
                FindingWriter writer = out == null ? null : FindingWriter.create(out);
                JobProgress progress = JobProgress.start(Mpo.of(spec.commandLine()), "check", "row")) {
            Consumer<Finding> sink = writer == null ? finding -> {} : writer::write;
            report = DataCheck.run(input.datasets(), options(input), sink, progress::update);
        }
        PrintWriter console = spec.commandLine().getOut();
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(console, result(report));
        } else {
            print(report, console);
        }
        failIfBad(report);
        return ExitCodes.OK;
    }

    private CheckOptions options(DataInput input) {
        CheckOptions standard = CheckOptions.withoutModel();
        DataInput.Encoding encoding = input.encoding();
        return new CheckOptions(
                encoding == null ? standard.reserved() : ReservedStrings.of(encoding.tokenizer()),
                decode,
                input.config().data().decoding(),
                input.config().data().video().options(),
                encoding == null
                        ? null
                        : encoding.encoder().withoutAugmentation().withoutPixels(),
                Workers.orAll(workers));
    }

    private void failIfBad(CheckReport report) {
        long bad = report.bad() + (strict ? report.warned() : 0);
        if (bad == 0) {
            return;
        }
        Finding first = (strict ? report.first() : report.firstBad()).orElseThrow();
        String list = out == null ? "--out FILE.jsonl lists them" : out + " lists them";
        throw new DataException(first.where() + ": " + first.message() + " (" + bad + " of " + report.rows()
                + " rows are bad; this is the first, " + list + ")");
    }

    private static Result result(CheckReport report) {
        Map<String, Long> all = new LinkedHashMap<>();
        List<DatasetResult> datasets = new ArrayList<>();
        for (CheckReport.Dataset dataset : report.datasets()) {
            Map<String, Long> own = new LinkedHashMap<>();
            dataset.kinds().forEach((kind, count) -> {
                own.put(kind.id(), count.count());
                all.merge(kind.id(), count.count(), Long::sum);
            });
            datasets.add(new DatasetResult(dataset.name(), dataset.rows(), dataset.bad(), dataset.warned(), own));
        }
        return new Result(report.rows(), report.bad(), report.warned(), all, datasets);
    }

    private void print(CheckReport report, PrintWriter console) {
        TextTable datasets = TextTable.of("data set", "rows", "bad", "warnings");
        TextTable findings = TextTable.of("kind", "severity", "data set", "count", "first");
        boolean any = false;
        for (CheckReport.Dataset dataset : report.datasets()) {
            datasets.row(dataset.name(), dataset.rows(), dataset.bad(), dataset.warned());
            any |= !dataset.kinds().isEmpty();
        }
        for (FindingKind kind : FindingKind.values()) {
            for (CheckReport.Dataset dataset : report.datasets()) {
                CheckReport.Count count = dataset.kinds().get(kind);
                if (count != null) {
                    findings.row(
                            kind.id(),
                            kind.bad() ? "bad" : "warning",
                            dataset.name(),
                            count.count(),
                            count.first().where());
                }
            }
        }
        console.print(datasets);
        if (any) {
            console.println();
            console.print(findings);
        }
        console.println();
        console.printf(
                "%d rows: %d bad, %d with warnings%s%n",
                report.rows(), report.bad(), report.warned(), out == null ? "" : "; findings: " + out);
        console.flush();
    }
}
