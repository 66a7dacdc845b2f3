package dev.mpo.tools.report;

import dev.mpo.eval.exam.AnswerStyle;
import dev.mpo.eval.exam.ExamResult;
import dev.mpo.eval.pipeline.pairs.PairReport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A self-contained page about a closed loop: the examinations before and after the preference training, what became of
 * the samples, answers side by side, and the curves of both trainings.
 */
public final class LoopPage {

    private LoopPage() {}

    /**
     * What the page tells.
     *
     * @param before the examination after the supervised training
     * @param after the examination after the preference training
     * @param pairs what the samples came to, by kind of question
     * @param sftRun folder of the supervised training
     * @param mpoRun folder of the preference training
     * @param seconds wall time by the name of each phase
     */
    public record Content(
            ExamResult before,
            ExamResult after,
            List<PairReport> pairs,
            Path sftRun,
            Path mpoRun,
            Map<String, Double> seconds) {

        /** Copies the collections. */
        public Content {
            pairs = List.copyOf(pairs);
            seconds = new LinkedHashMap<>(seconds);
        }
    }

    /**
     * Writes the page.
     *
     * @throws dev.mpo.core.DataException if a run has no metrics
     */
    public static void write(Path file, Content content) {
        StringBuilder html = new StringBuilder();
        appendHeadline(html, content);
        appendAccuracies(html, content);
        appendSamples(html, content.pairs());
        html.append(new ExamCards(content.before(), content.after()).toHtml());
        appendCurves(html, "Preference training", content.mpoRun());
        appendCurves(html, "Supervised training", content.sftRun());
        appendSettings(html, "Settings of the preference training", content.mpoRun());
        appendSettings(html, "Settings of the supervised training", content.sftRun());
        HtmlPage.write(file, HtmlPage.of("The closed loop: learning from one's own answers", html.toString()));
    }

    private static void appendHeadline(StringBuilder html, Content content) {
        html.append("<section class=\"tiles\">\n");
        for (AnswerStyle style : AnswerStyle.values()) {
            int questions = content.after().of(style).size();
            appendTile(
                    html,
                    "Held-out accuracy, " + style.title(),
                    Html.percent(content.after().accuracy(style)),
                    "after supervised training alone "
                            + Html.percent(content.before().accuracy(style)) + "; " + questions + " questions");
        }
        long written = content.pairs().stream().mapToLong(LoopPage::written).sum();
        long responses =
                content.pairs().stream().mapToLong(PairReport::responses).sum();
        appendTile(
                html,
                "Pairs made",
                String.format(Locale.ROOT, "%,d", written),
                String.format(Locale.ROOT, "of %,d sampled answers", responses));
        StringBuilder phases = new StringBuilder();
        content.seconds()
                .forEach((phase, seconds) -> phases.append(phases.isEmpty() ? "" : ", ")
                        .append(phase)
                        .append(' ')
                        .append(Html.duration(seconds)));
        double total = content.seconds().values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
        appendTile(html, "Time", Html.duration(total), phases.toString());
        html.append("</section>\n");
    }

    private static void appendTile(StringBuilder html, String name, String value, String note) {
        html.append("<div class=\"tile\"><span class=\"name\">")
                .append(Html.escape(name))
                .append("</span><span class=\"value\">")
                .append(Html.escape(value))
                .append("</span><span class=\"note\">")
                .append(Html.escape(note))
                .append("</span></div>\n");
    }

    private static void appendAccuracies(StringBuilder html, Content content) {
        html.append("<h2>Held-out accuracy by kind of question</h2>\n<div class=\"scroll\"><table>\n<thead><tr>"
                + "<th>kind</th><th class=\"n\">questions</th>");
        for (AnswerStyle style : AnswerStyle.values()) {
            html.append("<th class=\"n\">").append(style.title()).append(": SFT</th><th class=\"n\">+ MPO</th>");
        }
        html.append("</tr></thead>\n<tbody>\n");
        for (String dataset : content.after().datasets()) {
            long questions = content.after().of(AnswerStyle.DIRECT).stream()
                    .filter(mark -> mark.question().dataset().equals(dataset))
                    .count();
            html.append("<tr><td>").append(Html.escape(dataset)).append("</td>");
            cell(html, Long.toString(questions));
            for (AnswerStyle style : AnswerStyle.values()) {
                cell(html, Html.percent(content.before().accuracy(style, dataset)));
                cell(html, Html.percent(content.after().accuracy(style, dataset)));
            }
            html.append("</tr>\n");
        }
        html.append("<tr><td>all</td>");
        cell(html, Integer.toString(content.after().of(AnswerStyle.DIRECT).size()));
        for (AnswerStyle style : AnswerStyle.values()) {
            cell(html, Html.percent(content.before().accuracy(style)));
            cell(html, Html.percent(content.after().accuracy(style)));
        }
        html.append("</tr>\n</tbody></table></div>\n");
    }

    private static void appendSamples(StringBuilder html, List<PairReport> pairs) {
        html.append("<h2>What became of the samples</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>kind</th>");
        for (String column : List.of(
                "questions",
                "answers",
                "right",
                "wrong",
                "unreadable",
                "undecided",
                "pairs right/wrong",
                "pairs right/unreadable")) {
            html.append("<th class=\"n\">").append(column).append("</th>");
        }
        html.append("</tr></thead>\n<tbody>\n");
        for (PairReport report : pairs) {
            html.append("<tr><td>").append(Html.escape(report.dataset())).append("</td>");
            for (long count : new long[] {
                report.keys(),
                report.responses(),
                report.right(),
                report.wrong(),
                report.unreadable(),
                report.undecided(),
                report.correctness().written(),
                report.format().written()
            }) {
                cell(html, Long.toString(count));
            }
            html.append("</tr>\n");
        }
        html.append("</tbody></table></div>\n");
    }

    private static void appendCurves(StringBuilder html, String title, Path run) {
        html.append("<details open><summary><h2>").append(title).append("</h2></summary>\n");
        html.append(new Curves(MetricsTable.read(run.resolve("metrics.jsonl"))).toHtml());
        html.append("</details>\n");
    }

    private static void appendSettings(StringBuilder html, String title, Path run) {
        RunReport.appendTable(html, title, RunFiles.settings(run));
    }

    private static long written(PairReport report) {
        return report.correctness().written() + report.format().written();
    }

    private static void cell(StringBuilder html, String text) {
        html.append("<td class=\"n\">").append(Html.escape(text)).append("</td>");
    }
}
