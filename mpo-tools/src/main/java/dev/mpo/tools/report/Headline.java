package dev.mpo.tools.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The numbers at the top of the page: what the run achieved, and what it cost. */
final class Headline {

    private final MetricsTable metrics;
    private final Optional<Evaluation> evaluation;

    Headline(MetricsTable metrics, Optional<Evaluation> evaluation) {
        this.metrics = metrics;
        this.evaluation = evaluation;
    }

    /** One number with its name and what it is to be compared with. */
    private record Tile(String name, String value, String note) {}

    String toHtml() {
        List<Tile> tiles = new ArrayList<>();
        evaluation.ifPresentOrElse(found -> addHeldOut(tiles, found), () -> addTraining(tiles));
        addLoss(tiles);
        addCost(tiles);
        StringBuilder html = new StringBuilder("<section class=\"tiles\">\n");
        for (Tile tile : tiles) {
            html.append("<div class=\"tile\"><span class=\"name\">")
                    .append(Html.escape(tile.name()))
                    .append("</span><span class=\"value\">")
                    .append(Html.escape(tile.value()))
                    .append("</span><span class=\"note\">")
                    .append(Html.escape(tile.note()))
                    .append("</span></div>\n");
        }
        return html.append("</section>\n").toString();
    }

    private static void addHeldOut(List<Tile> tiles, Evaluation found) {
        tiles.add(new Tile(
                "Held-out accuracy",
                Html.percent(found.after().accuracy()),
                "before " + Html.percent(found.before().accuracy()) + "; share of " + found.pairs()
                        + " unseen pairs whose chosen answer is the more likely one"));
        tiles.add(new Tile(
                "Held-out reward margin",
                Html.number(found.after().margin()),
                "before " + Html.number(found.before().margin()) + "; above zero in "
                        + Html.percent(found.after().rewardAccuracy()) + " of the pairs"));
    }

    private void addTraining(List<Tile> tiles) {
        for (String[] named : new String[][] {
            {"rewards/accuracies", "Training accuracy"}, {"rewards/margins", "Training reward margin"}
        }) {
            if (metrics.has(named[0])) {
                Series smooth = new Series(named[1], metrics.column(named[0])).smoothed();
                boolean share = named[0].endsWith("accuracies");
                tiles.add(new Tile(
                        named[1],
                        share ? Html.percent(smooth.last()) : Html.number(smooth.last()),
                        "at the end, averaged over recent steps"));
            }
        }
    }

    private void addLoss(List<Tile> tiles) {
        double[] loss = metrics.column("loss");
        tiles.add(new Tile(
                "Loss",
                Html.number(new Series("loss", loss).smoothed().last()),
                "averaged over recent steps; first step " + Html.number(loss[0]) + ", last step "
                        + Html.number(loss[loss.length - 1])));
    }

    private void addCost(List<Tile> tiles) {
        double seconds = metrics.sum("step_seconds");
        double tokens = metrics.sum("tokens");
        tiles.add(new Tile(
                "Training time",
                Html.duration(seconds),
                metrics.size() + " steps, " + Html.number(metrics.sum("pairs")) + " pairs, "
                        + Html.number(tokens / seconds) + " tokens/s"));
    }
}
