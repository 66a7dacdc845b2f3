package dev.mpo.cli;

import dev.mpo.data.jsonl.JsonlFile;
import dev.mpo.data.meta.MetaEntry;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.setup.DataSources;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mpo data index}: prepares the annotation files of a meta file for random access, and measures it. */
@Command(
        name = "index",
        description = "Opens every annotation file of a meta file, which notes on disk where the lines of large files"
                + " begin, and tells time, heap and memory that this takes. All other commands do the same when they need"
                + " it; run this first where many processes start at once.")
final class DataIndexCommand implements Callable<Integer> {

    private static final double NANOS = 1e9;
    private static final double MIB = 1 << 20;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli creates it before anything runs
    private SettingsOptions settings;

    @Parameters(paramLabel = "META", arity = "0..*", description = "Meta files (JSON); in place of --meta.")
    private List<String> meta = new ArrayList<>();

    @Option(
            names = "--read",
            paramLabel = "N",
            defaultValue = "0",
            description = "Also read and parse N rows at random on one thread, to measure the rate.")
    private int reads;

    /**
     * What opening took.
     *
     * @param origin memory, written or reused
     */
    private record Opened(String dataset, long rows, long bytes, double seconds, String origin) {}

    /**
     * The result for programs.
     *
     * @param seconds time to open all files
     * @param heapBytes heap in use afterwards
     * @param residentBytes memory of the process, mapped files included; -1 where the system does not tell
     * @param rowsPerSecond rate of reading at random; 0 if nothing was read
     */
    private record Result(
            long rows,
            double seconds,
            long heapBytes,
            long residentBytes,
            double rowsPerSecond,
            List<Opened> datasets) {}

    @Override
    public Integer call() {
        RunConfig config = settings.loadForData(meta);
        List<JsonlFile> open = new ArrayList<>();
        try {
            List<Opened> datasets = new ArrayList<>();
            for (MetaEntry entry : DataSources.entries(config.data())) {
                long start = System.nanoTime();
                JsonlFile rows = JsonlFile.open(entry.annotation());
                open.add(rows);
                datasets.add(new Opened(
                        entry.name(),
                        rows.rowCount(),
                        size(entry.annotation()),
                        (System.nanoTime() - start) / NANOS,
                        rows.indexOrigin().name().toLowerCase(Locale.ROOT)));
            }
            print(result(datasets, open));
        } finally {
            open.forEach(JsonlFile::close);
        }
        return ExitCodes.OK;
    }

    private Result result(List<Opened> datasets, List<JsonlFile> open) {
        long heap = usedHeap();
        long resident = residentBytes();
        return new Result(
                datasets.stream().mapToLong(Opened::rows).sum(),
                datasets.stream().mapToDouble(Opened::seconds).sum(),
                heap,
                resident,
                rate(open),
                datasets);
    }

    private double rate(List<JsonlFile> open) {
        List<JsonlFile> filled =
                open.stream().filter(rows -> rows.rowCount() > 0).toList();
        if (reads < 1 || filled.isEmpty()) {
            return 0;
        }
        SplittableRandom random = new SplittableRandom(1);
        long start = System.nanoTime();
        for (int i = 0; i < reads; i++) {
            JsonlFile rows = filled.get(random.nextInt(filled.size()));
            rows.row(random.nextInt(rows.rowCount()));
        }
        return reads / ((System.nanoTime() - start) / NANOS);
    }

    private static long usedHeap() {
        ManagementFactory.getMemoryMXBean().gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long residentBytes() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            return -1;
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return -1;
        }
    }

    private void print(Result result) {
        PrintWriter console = spec.commandLine().getOut();
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(console, result);
            return;
        }
        TextTable table = TextTable.of("data set", "rows", "MiB", "seconds", "index");
        for (Opened one : result.datasets()) {
            table.row(one.dataset(), one.rows(), decimal(one.bytes() / MIB), decimal(one.seconds()), one.origin());
        }
        console.print(table);
        console.println();
        console.printf(
                Locale.ROOT,
                "%d rows opened in %.2f s; heap %.1f MiB, resident %.1f MiB%s%n",
                result.rows(),
                result.seconds(),
                result.heapBytes() / MIB,
                result.residentBytes() / MIB,
                reads < 1 ? "" : String.format(Locale.ROOT, "; %.0f rows/s at random", result.rowsPerSecond()));
        console.flush();
    }

    private static String decimal(double number) {
        return String.format(Locale.ROOT, "%.2f", number);
    }
}
