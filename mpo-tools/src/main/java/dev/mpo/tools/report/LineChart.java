package dev.mpo.tools.report;

import java.util.List;
import java.util.Locale;

/**
 * A line chart as inline SVG: the points of each series as a faint line, their moving average as a strong one. Colours
 * come from the page's style sheet, so that the chart follows the light or dark scheme.
 */
final class LineChart {

    private static final int WIDTH = 520;
    private static final int HEIGHT = 220;
    private static final int LEFT = 52;
    private static final int RIGHT = 22;
    private static final int TOP = 10;
    private static final int BOTTOM = 30;
    private static final int MAX_POINTS = 600;
    private static final int MAX_HOVER_ZONES = 80;
    /** Share of the values that the vertical axis may leave out at each end, so that one spike does not flatten all. */
    private static final double CLIPPED_SHARE = 0.01;

    /** How far beyond the other values, in multiples of their range, those few must lie to be left out. */
    private static final double MAX_UNCLIPPED_ROOM = 3.0;

    private final String title;
    private final double[] steps;
    private final List<Series> series;
    private final List<Series> trends;
    private final boolean noisy;
    private final Axis x;
    private final Axis y;

    /**
     * Creates a chart over the step numbers.
     *
     * @param series up to three curves
     * @param noisy whether the trend is worth more than the points; a schedule's points are exact
     */
    LineChart(String title, double[] steps, List<Series> series, boolean noisy) {
        this.title = title;
        this.steps = steps;
        this.series = List.copyOf(series);
        this.noisy = noisy;
        this.trends = noisy ? series.stream().map(Series::smoothed).toList() : this.series;
        this.x = Axis.exact(steps[0], steps[steps.length - 1], 6);
        this.y = verticalAxis(series);
    }

    /** Returns the chart with its heading and, for several series, a legend. */
    String toHtml() {
        StringBuilder html = new StringBuilder("<figure class=\"chart\">\n<figcaption><span class=\"name\">");
        html.append(Html.escape(title)).append("</span>");
        appendLegend(html);
        html.append("</figcaption>\n");
        html.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s over the optimizer steps\">%n",
                WIDTH,
                HEIGHT,
                Html.escape(title)));
        appendAxes(html);
        for (int i = 0; i < series.size(); i++) {
            if (noisy && series.get(i).isLong()) {
                appendLine(html, series.get(i), "raw s" + (i + 1));
            }
            appendLine(html, trends.get(i), "line s" + (i + 1));
        }
        appendHoverZones(html);
        return html.append("</svg>\n</figure>\n").toString();
    }

    private static Axis verticalAxis(List<Series> series) {
        double[] sorted = series.stream()
                .flatMapToDouble(one -> java.util.Arrays.stream(one.values()))
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return Axis.around(0, 1, 4);
        }
        int clipped = (int) (sorted.length * CLIPPED_SHARE);
        double low = sorted[clipped];
        double high = sorted[sorted.length - 1 - clipped];
        double room = MAX_UNCLIPPED_ROOM * (high - low);
        return Axis.around(
                low - sorted[0] > room ? low : sorted[0],
                sorted[sorted.length - 1] - high > room ? high : sorted[sorted.length - 1],
                4);
    }

    private void appendLegend(StringBuilder html) {
        for (int i = 0; i < series.size(); i++) {
            Series one = series.get(i);
            html.append("<span class=\"key\">");
            if (series.size() > 1) {
                html.append("<i class=\"s").append(i + 1).append("\"></i>").append(Html.escape(one.name()));
                html.append(' ');
            }
            html.append("<b>").append(Html.number(trends.get(i).last())).append("</b></span>");
        }
    }

    private void appendAxes(StringBuilder html) {
        for (double tick : y.ticks()) {
            double at = yOf(tick);
            html.append(format(
                    "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>", LEFT, at, WIDTH - RIGHT, at));
            html.append(format("<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 6, at + 3.5))
                    .append(tickLabel(tick, y.step()))
                    .append("</text>\n");
        }
        for (double tick : x.ticks()) {
            html.append(format(
                            "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">",
                            xOf(tick), HEIGHT - BOTTOM + 16))
                    .append(tickLabel(tick, x.step()))
                    .append("</text>\n");
        }
        html.append(format(
                "<text class=\"tick\" x=\"%d\" y=\"%d\" text-anchor=\"end\">step</text>%n",
                LEFT - 6, HEIGHT - BOTTOM + 16));
    }

    /** Appends one curve; long ones are averaged over equal runs of steps, gaps break the line. */
    private void appendLine(StringBuilder html, Series one, String cssClass) {
        int run = (one.values().length + MAX_POINTS - 1) / MAX_POINTS;
        StringBuilder path = new StringBuilder();
        boolean pen = false;
        for (int start = 0; start < one.values().length; start += run) {
            int end = Math.min(start + run, one.values().length);
            double value = one.mean(start, end);
            if (Double.isFinite(value)) {
                path.append(format(
                        pen ? "L%.1f %.1f" : "M%.1f %.1f", xOf((steps[start] + steps[end - 1]) / 2), yOf(value)));
            }
            pen = Double.isFinite(value);
        }
        html.append("<path class=\"")
                .append(cssClass)
                .append("\" d=\"")
                .append(path)
                .append("\"/>\n");
    }

    /** Appends invisible columns whose tooltips give the values, so that the page needs no script. */
    private void appendHoverZones(StringBuilder html) {
        int zones = Math.min(MAX_HOVER_ZONES, steps.length);
        double width = (WIDTH - LEFT - RIGHT) / (double) zones;
        for (int zone = 0; zone < zones; zone++) {
            int index = zones == 1 ? 0 : (int) Math.round(zone * (steps.length - 1.0) / (zones - 1));
            html.append(format(
                    "<rect class=\"zone\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>step %.0f",
                    LEFT + zone * width, TOP, width, HEIGHT - TOP - BOTTOM, steps[index]));
            for (Series one : series) {
                html.append('\n').append(Html.escape(one.name())).append(' ').append(Html.number(one.values()[index]));
            }
            html.append("</title></rect>\n");
        }
    }

    private double xOf(double step) {
        return LEFT + x.fraction(step) * (WIDTH - LEFT - RIGHT);
    }

    private double yOf(double value) {
        double inside = Math.max(0, Math.min(1, y.fraction(value)));
        return TOP + (1 - inside) * (HEIGHT - TOP - BOTTOM);
    }

    private static String tickLabel(double value, double step) {
        if (Math.abs(value) < step * 1e-6) {
            return "0";
        }
        if (step < 0.001) {
            return String.format(Locale.ROOT, "%.1e", value)
                    .replace("e-0", "e-")
                    .replace(".0e", "e");
        }
        int decimals = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    private static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }
}
