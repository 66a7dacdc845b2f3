package dev.mpo.cli;

import dev.mpo.core.DataException;
import dev.mpo.data.prepare.DataPreparation;
import dev.mpo.data.prepare.PrepareOptions;
import dev.mpo.data.prepare.PrepareReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mpo data prepare}: from a downloaded folder to a data set that trains here. */
@Command(
        name = "prepare",
        description = "Unpacks the archives of a downloaded folder (zip, split zip, tar, tar.gz, tar.zst) and writes"
                + " meta.local.json, the downloaded meta file with paths of this machine. Can be repeated: it goes on where"
                + " it was stopped.")
final class DataPrepareCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Parameters(paramLabel = "FOLDER", description = "The downloaded folder, for instance MMPR.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
    private Path folder;

    @Option(names = "--output", paramLabel = "DIR", description = "Where to unpack; by default FOLDER itself.")
    private @Nullable Path output;

    @Option(names = "--meta", paramLabel = "FILE", description = "The downloaded meta file; by default the only one.")
    private @Nullable Path meta;

    @Option(
            names = "--max-bytes",
            paramLabel = "N",
            defaultValue = "2199023255552",
            description = "Most bytes that all archives may unpack to (default: ${DEFAULT-VALUE}, 2 TiB).")
    private long maxBytes;

    @Option(
            names = "--max-ratio",
            paramLabel = "X",
            defaultValue = "200",
            description = "Most bytes that one byte of an archive may become (default: ${DEFAULT-VALUE}).")
    private double maxRatio;

    @Option(
            names = "--check-rows",
            paramLabel = "N",
            defaultValue = "200",
            description = "Rows of each annotation file whose images are looked for (default: ${DEFAULT-VALUE}).")
    private int checkRows;

    @Option(
            names = "--skip-missing",
            description = "Leave data sets whose files are not there out of the new meta file, without failing.")
    private boolean skipMissing;

    /** The result for programs; see {@link PrepareReport}. */
    private record Result(
            int archives,
            long unpacked,
            long present,
            long bytes,
            String metaFile,
            int datasets,
            List<String> missing) {}

    @Override
    public Integer call() {
        PrepareOptions options = new PrepareOptions(
                folder, output == null ? folder : output, maxBytes, maxRatio, checkRows, skipMissing);
        PrepareReport report;
        try (JobProgress progress = JobProgress.start(Mpo.of(spec.commandLine()), "unpack", "byte")) {
            report = DataPreparation.prepare(options, meta, (archive, done, total) -> progress.update(done, total));
        }
        PrintWriter console = spec.commandLine().getOut();
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(
                    console,
                    new Result(
                            report.archives(),
                            report.unpacked(),
                            report.present(),
                            report.bytes(),
                            report.metaFile().toString(),
                            report.datasets(),
                            report.missing()));
        } else {
            report.missing().forEach(line -> console.println("left out: " + line));
            console.println(report.archives() + " archives, " + report.unpacked() + " files unpacked, "
                    + report.present() + " were there; " + report.datasets() + " data sets in " + report.metaFile());
            console.flush();
        }
        if (!report.missing().isEmpty() && !skipMissing) {
            throw new DataException(
                    report.missing().get(0) + " (" + report.missing().size() + " data sets are incomplete; "
                            + report.metaFile() + " has the other " + report.datasets() + ")");
        }
        return ExitCodes.OK;
    }
}
