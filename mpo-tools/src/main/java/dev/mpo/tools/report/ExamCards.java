package dev.mpo.tools.report;

import dev.mpo.eval.exam.AnswerStyle;
import dev.mpo.eval.exam.ExamQuestion;
import dev.mpo.eval.exam.ExamResult;
import dev.mpo.eval.exam.Mark;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/** Reasoned answers to the same questions before and after, side by side: learned, lost, and still wrong. */
final class ExamCards {

    private static final int MAX_LEARNED = 6;
    private static final int MAX_OTHER = 3;

    private final List<Mark> before;
    private final List<Mark> after;

    ExamCards(ExamResult before, ExamResult after) {
        this.before = before.of(AnswerStyle.CHAIN_OF_THOUGHT);
        this.after = after.of(AnswerStyle.CHAIN_OF_THOUGHT);
    }

    String toHtml() {
        StringBuilder html = new StringBuilder();
        append(
                html,
                "Right after the preference training, wrong before",
                MAX_LEARNED,
                (b, a) -> !b.right() && a.right());
        append(html, "Wrong after, right before", MAX_OTHER, (b, a) -> b.right() && !a.right());
        append(html, "Wrong before and after", MAX_OTHER, (b, a) -> !b.right() && !a.right());
        return html.toString();
    }

    private void append(StringBuilder html, String title, int most, BiPredicate<Mark, Mark> wanted) {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < after.size(); i++) {
            if (wanted.test(before.get(i), after.get(i))) {
                found.add(i);
            }
        }
        html.append("<h2>").append(title).append(": ").append(found.size()).append("</h2>\n");
        if (found.isEmpty()) {
            return;
        }
        html.append("<section class=\"pairs\">\n");
        int shown = Math.min(most, found.size());
        for (int i = 0; i < shown; i++) { // spread over the kinds, which come one after the other
            int index = found.get(i * found.size() / shown);
            appendCard(html, before.get(index), after.get(index));
        }
        html.append("</section>\n");
    }

    private static void appendCard(StringBuilder html, Mark before, Mark after) {
        ExamQuestion question = after.question();
        html.append("<article class=\"pair\">\n<div class=\"pictures\">");
        for (Path image : question.images()) {
            Optional<String> uri =
                    Thumbnails.dataUri(Path.of("."), image.toAbsolutePath().toString());
            html.append(uri.map(data -> "<img alt=\"picture of the question\" src=\"" + data + "\"/>")
                    .orElse("<span class=\"note\">picture not found</span>"));
        }
        if (question.images().isEmpty()) {
            html.append("<span class=\"note\">text only</span>");
        }
        html.append("</div>\n<div class=\"words\">\n<p class=\"question\">")
                .append(Html.escape(question.question().replace("<image>\n", "")))
                .append(" <span class=\"note\">")
                .append(Html.escape(question.answer()))
                .append("</span></p>\n");
        appendAnswer(html, "SFT", before);
        appendAnswer(html, "MPO", after);
        html.append("</div>\n</article>\n");
    }

    private static void appendAnswer(StringBuilder html, String model, Mark mark) {
        html.append("<p class=\"answer\"><span class=\"role ")
                .append(mark.right() ? "chosen" : "rejected")
                .append("\">")
                .append(model)
                .append(mark.right() ? " ✓" : mark.readable() ? " ✗" : " ✗ unreadable")
                .append("</span> ")
                .append(Html.escape(mark.response()).replaceAll("\\n+", " · "))
                .append("</p>\n");
    }
}
