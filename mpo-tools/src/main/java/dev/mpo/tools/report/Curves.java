package dev.mpo.tools.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The charts of a run, each drawn only if the run recorded what it shows. */
final class Curves {

    private final MetricsTable metrics;
    private final double[] steps;

    Curves(MetricsTable metrics) {
        this.metrics = metrics;
        this.steps = steps(metrics);
    }

    String toHtml() {
        StringBuilder html = new StringBuilder("<h2>Curves</h2>\n<section class=\"charts\">\n");
        chart(html, "Total loss", "loss", "loss");
        chart(html, "Loss terms", lossTerms());
        chart(html, "Reward margin", "rewards/margins", "margin");
        chart(html, "Reward accuracy", "rewards/accuracies", "accuracy");
        chart(html, "Rewards", "rewards/chosen", "chosen", "rewards/rejected", "rejected");
        chart(html, "Log-probabilities", "logps/chosen", "chosen", "logps/rejected", "rejected");
        chart(html, "Gradient norm before clipping", "grad_norm", "norm");
        if (metrics.has("learning_rate")) {
            Series rate = new Series("rate", metrics.column("learning_rate"));
            html.append(new LineChart("Learning rate", steps, List.of(rate), false).toHtml());
        }
        if (metrics.has("tokens") && metrics.has("step_seconds")) {
            html.append(new LineChart("Tokens per second", steps, List.of(tokensPerSecond()), true).toHtml());
        }
        if (metrics.has("peak_memory_bytes")) {
            html.append(new LineChart("Peak memory in MiB", steps, List.of(peakMebibytes()), false).toHtml());
        }
        return html.append("</section>\n").toString();
    }

    /** Returns the recorded loss terms as key and label in turn; a chart tells at most three series apart. */
    private String[] lossTerms() {
        List<String> named = new ArrayList<>();
        for (String term : metrics.keysStartingWith("loss/")) {
            if (named.size() < 6) {
                named.add(term);
                named.add(term.substring("loss/".length()));
            }
        }
        return named.toArray(new String[0]);
    }

    private void chart(StringBuilder html, String title, String... keysAndLabels) {
        List<Series> series = new ArrayList<>();
        for (int i = 0; i < keysAndLabels.length; i += 2) {
            if (metrics.has(keysAndLabels[i])) {
                series.add(new Series(keysAndLabels[i + 1], metrics.column(keysAndLabels[i])));
            }
        }
        if (!series.isEmpty()) {
            html.append(new LineChart(title, steps, series, true).toHtml());
        }
    }

    private Series tokensPerSecond() {
        double[] tokens = metrics.column("tokens");
        double[] seconds = metrics.column("step_seconds");
        double[] rate = new double[tokens.length];
        for (int i = 0; i < rate.length; i++) {
            rate[i] = tokens[i] / seconds[i];
        }
        return new Series("tokens/s", rate);
    }

    private Series peakMebibytes() {
        double[] bytes = metrics.column("peak_memory_bytes");
        return new Series(
                "MiB", Arrays.stream(bytes).map(value -> value / (1 << 20)).toArray());
    }

    /** Returns the step numbers, or the positions in the file where a row lacks one. */
    private static double[] steps(MetricsTable metrics) {
        double[] steps = metrics.column("step");
        for (int i = 0; i < steps.length; i++) {
            steps[i] = Double.isFinite(steps[i]) ? steps[i] : i + 1;
        }
        return steps;
    }
}
