package dev.mpo.tools.report;

import dev.mpo.data.stats.Histogram;
import dev.mpo.data.stats.Histogram.Bin;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** A histogram as inline SVG, with tooltips that need no script. */
final class BarChart {

    private static final int WIDTH = 520;
    private static final int HEIGHT = 200;
    private static final int LEFT = 62;
    private static final int RIGHT = 16;
    private static final int TOP = 10;
    private static final int BOTTOM = 30;
    private static final int MOST_BINS = 40;

    private final String title;
    private final String unit;
    private final Histogram histogram;
    private final OptionalInt limit;

    /**
     * Creates a chart.
     *
     * @param unit what the values count
     * @param limit where to draw a line, if that is within the chart
     */
    BarChart(String title, String unit, Histogram histogram, OptionalInt limit) {
        this.title = title;
        this.unit = unit;
        this.histogram = histogram;
        this.limit = limit;
    }

    /** Returns the chart with its heading. */
    String toHtml() {
        List<Bin> bins = histogram.bins(MOST_BINS);
        StringBuilder html = new StringBuilder("<figure class=\"chart\">\n<figcaption><span class=\"name\">")
                .append(Html.escape(title))
                .append("</span><span class=\"key\">median <b>")
                .append(histogram.quantile(0.5))
                .append("</b></span><span class=\"key\">99 % <b>")
                .append(histogram.quantile(0.99))
                .append("</b></span><span class=\"key\">most <b>")
                .append(histogram.max())
                .append("</b></span></figcaption>\n");
        if (bins.isEmpty()) {
            return html.append("<p class=\"note\">no rows</p></figure>\n").toString();
        }
        html.append(format(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s: rows by %s\">%n",
                WIDTH, HEIGHT, Html.escape(title), Html.escape(unit)));
        long most = bins.stream().mapToLong(Bin::count).max().orElse(1);
        int width = bins.get(0).to() - bins.get(0).from() + 1;
        Axis x = Axis.exact(0, (double) width * bins.size(), 6);
        Axis y = Axis.around(0, (double) most, 4);
        appendAxes(html, x, y);
        bins.forEach(bin -> appendBar(html, bin, x, y));
        limit.ifPresent(value -> appendLimit(html, value, x));
        return html.append("</svg>\n</figure>\n").toString();
    }

    private void appendAxes(StringBuilder html, Axis x, Axis y) {
        for (double tick : y.ticks()) {
            if (tick == Math.rint(tick)) {
                double at = yOf(tick, y);
                html.append(format(
                        "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>"
                                + "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%,.0f</text>%n",
                        LEFT, at, WIDTH - RIGHT, at, LEFT - 6, at + 3.5, tick));
            }
        }
        for (double tick : x.ticks()) {
            html.append(format(
                    "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%,.0f</text>%n",
                    xOf(tick, x), HEIGHT - BOTTOM + 16, tick));
        }
        html.append(format(
                "<text class=\"tick\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n",
                LEFT - 6, HEIGHT - BOTTOM + 16, Html.escape(unit)));
    }

    private static void appendBar(StringBuilder html, Bin bin, Axis x, Axis y) {
        double left = xOf(bin.from(), x);
        double width = Math.max(1, xOf(bin.to() + 1.0, x) - left - 1);
        double top = yOf((double) bin.count(), y);
        String values = bin.from() == bin.to() ? "" + bin.from() : bin.from() + " to " + bin.to();
        html.append(format(
                "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s: %,d rows</title></rect>%n",
                left, top, width, Math.max(0, HEIGHT - BOTTOM - top), values, bin.count()));
    }

    private static void appendLimit(StringBuilder html, int value, Axis x) {
        if (value > x.high()) {
            return;
        }
        html.append(format(
                "<line class=\"limit\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"><title>limit %,d</title></line>%n",
                xOf(value, x), TOP, xOf(value, x), HEIGHT - BOTTOM, value));
    }

    private static double xOf(double value, Axis x) {
        return LEFT + x.fraction(value) * (WIDTH - LEFT - RIGHT);
    }

    private static double yOf(double value, Axis y) {
        return TOP + (1 - y.fraction(value)) * (HEIGHT - TOP - BOTTOM);
    }

    private static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }
}
