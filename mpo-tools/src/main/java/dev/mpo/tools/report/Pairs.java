package dev.mpo.tools.report;

import java.nio.file.Path;
import java.util.Optional;

/** The held-out results in detail: a table per data set and a card per example pair. */
final class Pairs {

    private final Evaluation evaluation;
    private final Path runDir;

    Pairs(Evaluation evaluation, Path runDir) {
        this.evaluation = evaluation;
        this.runDir = runDir;
    }

    String toHtml() {
        StringBuilder html =
                new StringBuilder("<h2>Held-out results by data set</h2>\n<div class=\"scroll\"><table>\n");
        html.append("<thead><tr><th>data set</th><th class=\"n\">pairs</th><th class=\"n\">accuracy before</th>"
                + "<th class=\"n\">accuracy after</th><th class=\"n\">margin before</th>"
                + "<th class=\"n\">margin after</th></tr></thead>\n<tbody>\n");
        for (DatasetScores scores : evaluation.datasets()) {
            appendRow(html, scores);
        }
        appendRow(html, new DatasetScores("all", evaluation.pairs(), evaluation.before(), evaluation.after()));
        html.append("</tbody></table></div>\n");
        if (!evaluation.examples().isEmpty()) {
            html.append("<h2>Example pairs</h2>\n<section class=\"pairs\">\n");
            evaluation.examples().forEach(example -> appendCard(html, example));
            html.append("</section>\n");
        }
        return html.toString();
    }

    private static void appendRow(StringBuilder html, DatasetScores scores) {
        html.append("<tr><td>").append(Html.escape(scores.dataset())).append("</td>");
        cell(html, Integer.toString(scores.pairs()));
        cell(html, Html.percent(scores.before().accuracy()));
        cell(html, Html.percent(scores.after().accuracy()));
        cell(html, Html.number(scores.before().margin()));
        cell(html, Html.number(scores.after().margin()));
        html.append("</tr>\n");
    }

    private static void cell(StringBuilder html, String text) {
        html.append("<td class=\"n\">").append(Html.escape(text)).append("</td>");
    }

    private void appendCard(StringBuilder html, PairExample example) {
        html.append("<article class=\"pair\">\n<div class=\"pictures\">");
        for (String image : example.images()) {
            Optional<String> uri = Thumbnails.dataUri(runDir, image);
            html.append(uri.map(data -> "<img alt=\"picture of the pair\" src=\"" + data + "\"/>")
                    .orElse("<span class=\"note\">picture not found</span>"));
        }
        if (example.images().isEmpty()) {
            html.append("<span class=\"note\">text only</span>");
        }
        html.append("</div>\n<div class=\"words\">\n<p class=\"question\">")
                .append(Html.escape(example.question().replace("<image>\n", "")))
                .append("</p>\n");
        appendAnswer(
                html,
                "chosen",
                example.chosen(),
                example.before().chosenLogps(),
                example.after().chosenLogps());
        appendAnswer(
                html,
                "rejected",
                example.rejected(),
                example.before().rejectedLogps(),
                example.after().rejectedLogps());
        html.append("<p class=\"note\">margin ")
                .append(Html.number(example.before().margin()))
                .append(" → <b>")
                .append(Html.number(example.after().margin()))
                .append("</b> · ")
                .append(
                        example.after().prefersChosen()
                                ? "✓ prefers the chosen answer"
                                : "✗ prefers the rejected answer")
                .append("</p>\n</div>\n</article>\n");
    }

    private static void appendAnswer(StringBuilder html, String role, String text, double before, double after) {
        html.append("<p class=\"answer\"><span class=\"role ")
                .append(role)
                .append("\">")
                .append(role)
                .append("</span> ")
                .append(Html.escape(text))
                .append(" <span class=\"note\">log p ")
                .append(Html.number(before))
                .append(" → ")
                .append(Html.number(after))
                .append("</span></p>\n");
    }
}
