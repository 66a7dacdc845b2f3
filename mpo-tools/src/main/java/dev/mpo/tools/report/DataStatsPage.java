package dev.mpo.tools.report;

import dev.mpo.core.ConfigException;
import dev.mpo.data.stats.DatasetStats;
import dev.mpo.data.stats.Histogram;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** A self-contained page about what data sets consist of: a table, and histograms of each. */
public final class DataStatsPage {

    private final String unit;
    private final OptionalInt limit;

    private DataStatsPage(String unit, OptionalInt limit) {
        this.unit = unit;
        this.limit = limit;
    }

    /**
     * Writes the page, and its folder when absent.
     *
     * @param title what the data sets have in common, such as the meta file's name
     * @param unit what lengths count: tokens or characters
     * @param limit the largest length of a sequence
     * @throws ConfigException if the file cannot be written
     */
    public static void write(Path file, String title, List<DatasetStats> datasets, String unit, OptionalInt limit) {
        HtmlPage.write(file, HtmlPage.of("Data: " + title, new DataStatsPage(unit, limit).body(datasets)));
    }

    private String body(List<DatasetStats> datasets) {
        StringBuilder html = new StringBuilder("<p class=\"note\">Every row counts once, whatever repeat_time says;"
                + " lengths are in " + unit + ".</p>\n<div class=\"scroll\"><table>\n<thead><tr><th>data set</th>");
        for (String heading : List.of(
                "rows",
                "pairs per epoch",
                "unusable",
                "text only",
                "one image",
                "several",
                "video",
                "mean tiles",
                "median length",
                "99 % length",
                "longest")) {
            html.append("<th class=\"n\">").append(heading).append("</th>");
        }
        limit.ifPresent(
                value -> html.append("<th class=\"n\">over ").append(value).append("</th>"));
        html.append("</tr></thead>\n<tbody>\n");
        datasets.forEach(dataset -> appendRow(html, dataset));
        html.append("</tbody></table></div>\n");
        datasets.forEach(dataset -> appendCharts(html, dataset));
        return html.toString();
    }

    private void appendRow(StringBuilder html, DatasetStats dataset) {
        Histogram longest = dataset.longest();
        html.append("<tr><td>").append(Html.escape(dataset.name())).append("</td>");
        for (long number : new long[] {
            dataset.rows(),
            dataset.pairsPerEpoch(),
            dataset.unusable(),
            dataset.textOnly(),
            dataset.oneImage(),
            dataset.severalImages(),
            dataset.videos()
        }) {
            cell(html, number);
        }
        html.append("<td class=\"n\">")
                .append(Html.number(dataset.tiles().mean()))
                .append("</td>");
        cell(html, longest.quantile(0.5));
        cell(html, longest.quantile(0.99));
        cell(html, longest.max());
        limit.ifPresent(value -> cell(html, longest.countAbove(value)));
        html.append("</tr>\n");
    }

    private static void cell(StringBuilder html, long number) {
        html.append("<td class=\"n\">")
                .append(String.format(Locale.ROOT, "%,d", number))
                .append("</td>");
    }

    private void appendCharts(StringBuilder html, DatasetStats dataset) {
        html.append("<h2>").append(Html.escape(dataset.name())).append("</h2>\n<section class=\"charts\">\n");
        html.append(new BarChart("longer sequence, " + unit, unit, dataset.longest(), limit).toHtml());
        html.append(new BarChart("tiles per row", "tiles", dataset.tiles(), OptionalInt.empty()).toHtml());
        html.append(new BarChart("chosen answer, " + unit, unit, dataset.chosen(), OptionalInt.empty()).toHtml());
        html.append(new BarChart("rejected answer, " + unit, unit, dataset.rejected(), OptionalInt.empty()).toHtml());
        html.append("</section>\n");
    }
}
