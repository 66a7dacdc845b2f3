package dev.mpo.tools.report;

import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.data.image.ImageSize;
import dev.mpo.data.image.TileGrid;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.image.Tiles;
import dev.mpo.data.jsonl.PreferenceRow;
import dev.mpo.data.pair.EncodeOutcome;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.pair.PairEncoder;
import dev.mpo.data.pair.PairOptions;
import dev.mpo.data.pair.RowTiles;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A self-contained page that shows pairs as the model gets them: tiles in their grid, texts, lengths. */
public final class DataPreviewPage {

    private final List<PairDataset> datasets;
    private final PairOptions options;
    private final @Nullable PairEncoder encoder;

    private DataPreviewPage(List<PairDataset> datasets, PairOptions options, @Nullable PairEncoder encoder) {
        this.datasets = datasets;
        this.options = options.withoutAugmentation();
        this.encoder = encoder == null ? null : encoder.withoutAugmentation().withoutPixels();
    }

    /**
     * Writes the page, and its folder when absent.
     *
     * @param title what the data sets have in common, such as the meta file's name
     * @param options how images are cut into tiles
     * @param encoder tells lengths in tokens; null leaves them out
     * @param count how many pairs to show; they are spread evenly over all rows
     * @return the number of pairs shown
     * @throws ConfigException if the file cannot be written
     */
    public static int write(
            Path file,
            String title,
            List<PairDataset> datasets,
            PairOptions options,
            @Nullable PairEncoder encoder,
            int count) {
        DataPreviewPage page = new DataPreviewPage(datasets, options, encoder);
        long total = datasets.stream().mapToLong(PairDataset::rowCount).sum();
        int shown = (int) Math.min(count, total);
        StringBuilder html = new StringBuilder("<p class=\"note\">" + shown + " of " + total
                + " rows. Tiles as the vision tower gets them, "
                + options.tiles().imageSize()
                + " pixels a side, shown smaller; the thumbnail stands apart.</p>\n");
        for (int i = 0; i < shown; i++) {
            page.appendRow(html, (long) ((i + 0.5) * total / shown));
        }
        HtmlPage.write(file, HtmlPage.of("Pairs: " + title, html.toString()));
        return shown;
    }

    private void appendRow(StringBuilder html, long number) {
        int dataset = 0;
        long row = number;
        while (row >= datasets.get(dataset).rowCount()) {
            row -= datasets.get(dataset++).rowCount();
        }
        appendRow(html, datasets.get(dataset), (int) row);
    }

    private void appendRow(StringBuilder html, PairDataset dataset, int row) {
        html.append("<article class=\"pair preview\">\n<p class=\"note\">")
                .append(Html.escape(dataset.name() + " · " + dataset.where(row)))
                .append("</p>\n");
        try {
            PreferenceRow content = dataset.row(row);
            appendImages(html, dataset, content);
            html.append("<div class=\"words\">\n<p class=\"question\">")
                    .append(Html.escape(content.question()))
                    .append("</p>\n");
            appendAnswer(html, "chosen", content.chosen());
            appendAnswer(html, "rejected", content.rejected());
            html.append("<p class=\"note\">")
                    .append(Html.escape(lengths(dataset, row)))
                    .append("</p>\n</div>\n");
        } catch (DataException e) {
            html.append("<p class=\"rejected\">")
                    .append(Html.escape(String.valueOf(e.getMessage())))
                    .append("</p>\n");
        }
        html.append("</article>\n");
    }

    private static void appendAnswer(StringBuilder html, String role, String text) {
        html.append("<p class=\"answer\"><span class=\"role " + role + "\">" + role + "</span> ")
                .append(Html.escape(text))
                .append("</p>\n");
    }

    private void appendImages(StringBuilder html, PairDataset dataset, PreferenceRow row) {
        RowTiles cut = RowTiles.decoded(dataset, row, options, 0);
        TileOptions tileOptions = RowTiles.tileOptions(dataset, row, options);
        html.append("<div class=\"cut\">");
        int first = 0;
        for (int i = 0; i < cut.perImage().length; i++) {
            int count = cut.perImage()[i];
            if (row.shownVideo() != null) {
                appendImage(html, cut.tiles(), first, count, count, "frame " + (i + 1));
            } else if (cut.perImage().length == row.images().size()) {
                String image = row.images().get(i);
                ImageSize size = ImageSize.read(dataset.media(image));
                int cols = TileGrid.choose(size.width(), size.height(), tileOptions)
                        .cols();
                String caption = image + " · " + size.width() + " x " + size.height();
                appendImage(html, cut.tiles(), first, count, cols, caption);
            } else {
                appendImage(html, cut.tiles(), first, count, count, "image " + (i + 1));
            }
            first += count;
        }
        if (cut.perImage().length == 0) {
            html.append("<span class=\"note\">text only</span>");
        }
        html.append("</div>\n");
    }

    private void appendImage(StringBuilder html, Tiles tiles, int first, int count, int cols, String caption) {
        // A thumbnail is the one tile too many for the rows of the grid to be full.
        boolean thumbnail = count > 1 && options.tiles().useThumbnail();
        int cells = thumbnail ? count - 1 : count;
        html.append("<figure><div class=\"cut\"><div class=\"cells\" style=\"grid-template-columns: repeat(")
                .append(Math.min(cols, cells))
                .append(", auto)\">");
        for (int i = 0; i < cells; i++) {
            appendTile(html, tiles, first + i, "tile " + i);
        }
        html.append("</div>");
        if (thumbnail) {
            appendTile(html, tiles, first + cells, "thumbnail");
        }
        html.append("</div><figcaption>")
                .append(Html.escape(caption + " · " + count + (count == 1 ? " tile" : " tiles")))
                .append("</figcaption></figure>\n");
    }

    private static void appendTile(StringBuilder html, Tiles tiles, int index, String name) {
        html.append("<img alt=\"" + name + "\" title=\"" + name + "\" src=\"")
                .append(Thumbnails.dataUri(tiles.tile(index)))
                .append("\"/>");
    }

    private String lengths(PairDataset dataset, int row) {
        if (encoder == null) {
            return "lengths: give a model to count tokens";
        }
        EncodeOutcome outcome = encoder.tryEncode(dataset, row, 0);
        if (outcome instanceof EncodeOutcome.Encoded encoded) {
            EncodedPair pair = encoded.pair();
            return pair.numImageTokens() + " image tokens; " + pair.chosenIds().length
                    + " tokens with the chosen answer ("
                    + pair.numChosenLabels() + " trained), " + pair.rejectedIds().length + " with the rejected ("
                    + pair.numRejectedLabels() + " trained)" + (pair.truncated() ? "; cut at the limit" : "");
        } else if (outcome instanceof EncodeOutcome.Dropped dropped) {
            return dropped.reason();
        } else if (outcome instanceof EncodeOutcome.Refused refused) {
            return String.valueOf(refused.cause().getMessage());
        }
        return String.valueOf(((EncodeOutcome.Bad) outcome).cause().getMessage());
    }
}
