package dev.mpo.tools.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Writes {@value #FILE}: a self-contained page about a run, made from {@code metrics.jsonl} and, where the run
 * directory has them, {@value Evaluation#FILE}, {@code config.resolved.yaml} and {@code provenance.json}.
 */
public final class RunReport {

    /** Name of the page in the run directory. */
    public static final String FILE = "report.html";

    private RunReport() {}

    /**
     * Writes the page of a run, in place of an older one, and returns its path.
     *
     * @throws dev.mpo.core.DataException if the directory holds no metrics, or a file of it is malformed
     */
    public static Path write(Path runDir) {
        Path file = runDir.resolve(FILE);
        String page = page(runDir);
        try {
            Files.writeString(file, page);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        return file;
    }

    private static String page(Path runDir) {
        MetricsTable metrics = MetricsTable.read(runDir.resolve("metrics.jsonl"));
        Optional<Evaluation> evaluation = Evaluation.load(runDir);
        StringBuilder html = new StringBuilder();
        html.append(new Headline(metrics, evaluation).toHtml());
        html.append(new Curves(metrics).toHtml());
        evaluation.ifPresent(found -> html.append(new Pairs(found, runDir).toHtml()));
        appendTable(html, "Settings", RunFiles.settings(runDir));
        appendTable(html, "Provenance", RunFiles.provenance(runDir));
        return HtmlPage.of("MPO run: " + name(runDir), html.toString());
    }

    /** Returns the folder's name after that of the folder it lies in, because many runs are called run. */
    private static String name(Path runDir) {
        Path path = runDir.toAbsolutePath().normalize();
        int names = path.getNameCount();
        return names == 0
                ? path.toString()
                : path.subpath(Math.max(0, names - 2), names).toString();
    }

    static void appendTable(StringBuilder html, String heading, Map<String, String> rows) {
        if (rows.isEmpty()) {
            return;
        }
        html.append("<details><summary><h2>").append(heading).append("</h2></summary>\n");
        html.append("<div class=\"scroll\"><table>\n<tbody>\n");
        rows.forEach((key, value) -> html.append("<tr><td>")
                .append(Html.escape(key))
                .append("</td><td class=\"wide\">")
                .append(Html.escape(value))
                .append("</td></tr>\n"));
        html.append("</tbody></table></div></details>\n");
    }
}
