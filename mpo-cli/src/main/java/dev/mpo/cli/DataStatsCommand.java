package dev.mpo.cli;

import dev.mpo.data.pair.PairOptions;
import dev.mpo.data.stats.DataStats;
import dev.mpo.data.stats.DatasetStats;
import dev.mpo.data.stats.Histogram;
import dev.mpo.data.stats.Histogram.Bin;
import dev.mpo.tools.report.DataStatsPage;
import dev.mpo.train.config.RunConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mpo data stats}: what data sets consist of. */
@Command(
        name = "stats",
        description = {
            "Counts rows, images, tiles and lengths of every data set of a meta file and shows them as histograms, each"
                    + " row once. Lengths are tokens with --model and characters without; without it tiles are counted as"
                    + " for the published models (448 pixels, thumbnail).",
            "Rows that cannot be used are counted and left out; mpo data check says which they are."
        })
final class DataStatsCommand implements Callable<Integer> {

    private static final int TEXT_BINS = 12;
    private static final int TEXT_BAR_CELLS = 40;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli creates it before anything runs
    private SettingsOptions settings;

    @Parameters(paramLabel = "META", arity = "0..*", description = "Meta files (JSON); in place of --meta.")
    private List<String> meta = new ArrayList<>();

    @Option(names = "--html", paramLabel = "FILE", description = "Also write a page with plots.")
    private @Nullable Path html;

    @Option(names = "--workers", paramLabel = "N", description = "Threads; by default one for each processor.")
    private @Nullable Integer workers;

    /** The result for programs. */
    private record Result(String unit, int maxSeqLength, List<Map<String, Object>> datasets) {}

    @Override
    public Integer call() {
        RunConfig config = settings.loadForData(meta);
        List<DatasetStats> stats;
        boolean tokens;
        String title;
        try (DataInput input = DataInput.open(config);
                JobProgress progress = JobProgress.start(Mpo.of(spec.commandLine()), "stats", "row")) {
            DataInput.Encoding encoding = input.encoding();
            tokens = encoding != null;
            title = input.title();
            PairOptions options = input.options();
            stats = DataStats.run(
                    input.datasets(),
                    options,
                    encoding == null ? null : encoding.uncut(),
                    Workers.orAll(workers),
                    progress::update);
        }
        String unit = tokens ? "tokens" : "characters";
        int limit = config.data().maxSeqLength();
        if (html != null) {
            DataStatsPage.write(html, title, stats, unit, tokens ? OptionalInt.of(limit) : OptionalInt.empty());
        }
        PrintWriter console = spec.commandLine().getOut();
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(
                    console,
                    new Result(
                            unit,
                            limit,
                            stats.stream().map(DataStatsCommand::result).toList()));
        } else {
            print(stats, unit, console);
        }
        return ExitCodes.OK;
    }

    private static Map<String, Object> result(DatasetStats dataset) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("dataset", dataset.name());
        result.put("rows", dataset.rows());
        result.put("pairs_per_epoch", dataset.pairsPerEpoch());
        result.put("unusable", dataset.unusable());
        result.put("text_only", dataset.textOnly());
        result.put("one_image", dataset.oneImage());
        result.put("several_images", dataset.severalImages());
        result.put("videos", dataset.videos());
        result.put("images", dataset.images());
        result.put("longest", summary(dataset.longest()));
        result.put("chosen", summary(dataset.chosen()));
        result.put("rejected", summary(dataset.rejected()));
        result.put("tiles", summary(dataset.tiles()));
        return result;
    }

    private static Map<String, Object> summary(Histogram histogram) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("sum", histogram.sum());
        summary.put("mean", histogram.mean());
        summary.put("p50", histogram.quantile(0.5));
        summary.put("p90", histogram.quantile(0.9));
        summary.put("p99", histogram.quantile(0.99));
        summary.put("max", histogram.max());
        summary.put("bins", histogram.bins(TEXT_BINS));
        return summary;
    }

    private void print(List<DatasetStats> stats, String unit, PrintWriter console) {
        TextTable table = TextTable.of(
                "data set",
                "rows",
                "pairs/epoch",
                "unusable",
                "text only",
                "one image",
                "several",
                "video",
                "tiles",
                "mean " + unit,
                "p50",
                "p99",
                "longest");
        for (DatasetStats dataset : stats) {
            table.row(
                    dataset.name(),
                    dataset.rows(),
                    dataset.pairsPerEpoch(),
                    dataset.unusable(),
                    dataset.textOnly(),
                    dataset.oneImage(),
                    dataset.severalImages(),
                    dataset.videos(),
                    dataset.tiles().sum(),
                    String.format(Locale.ROOT, "%.1f", dataset.longest().mean()),
                    dataset.longest().quantile(0.5),
                    dataset.longest().quantile(0.99),
                    dataset.longest().max());
        }
        console.print(table);
        for (DatasetStats dataset : stats) {
            print(dataset.name() + ": rows by " + unit + " of the longer sequence", dataset.longest(), console);
            print(dataset.name() + ": rows by tiles", dataset.tiles(), console);
        }
        if (html != null) {
            console.println();
            console.println("page: " + html);
        }
        console.flush();
    }

    private static void print(String title, Histogram histogram, PrintWriter console) {
        List<Bin> bins = histogram.bins(TEXT_BINS);
        if (bins.isEmpty()) {
            return;
        }
        long most = bins.stream().mapToLong(Bin::count).max().orElse(1);
        int digits = String.valueOf(bins.get(bins.size() - 1).to()).length();
        console.println();
        console.println(title);
        for (Bin bin : bins) {
            int cells = (int) Math.ceil((double) TEXT_BAR_CELLS * bin.count() / most);
            console.println(String.format(
                            Locale.ROOT,
                            "%" + digits + "d-%-" + digits + "d %9d %s",
                            bin.from(),
                            bin.to(),
                            bin.count(),
                            "#".repeat(cells))
                    .stripTrailing());
        }
    }
}
