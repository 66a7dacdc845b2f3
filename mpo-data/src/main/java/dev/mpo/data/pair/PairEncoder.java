package dev.mpo.data.pair;

import dev.mpo.core.DataException;
import dev.mpo.data.jsonl.PreferenceRow;
import dev.mpo.data.pair.EncodeOutcome.Bad;
import dev.mpo.data.pair.EncodeOutcome.Dropped;
import dev.mpo.data.pair.EncodeOutcome.Encoded;
import dev.mpo.data.pair.EncodeOutcome.Refused;
import dev.mpo.data.text.ChatTemplate;
import dev.mpo.data.text.ConversationEncoder;
import dev.mpo.data.text.EncodedConversation;
import dev.mpo.data.text.ImageTokens;
import dev.mpo.data.text.Tokenizer;
import dev.mpo.data.text.Turn;
import java.util.List;

/**
 * Turns rows of annotation files into {@link EncodedPair}s, token for token as the reference does.
 *
 * <ul>
 *   <li>One image ({@code image} is a string): {@code <image>\n} is put in front of a question without a marker; the
 *       first marker becomes the image, further ones stay text.
 *   <li>Several images ({@code image} is a list, even of one): the markers must be as many as the images, and each
 *       image gets {@code max(1, max_dynamic_patch / images)} tiles at most.
 *   <li>A video ({@code video}, where there is no image): see {@link VideoPrompt}. Each of its frames is one tile.
 *   <li>Neither: markers are text, and there is no tile.
 * </ul>
 *
 * <p>Each answer follows the question in a sequence of its own. A sequence over the limit is treated as
 * {@link OnTooLong} says, but image tokens are never cut: without all of them the model would see other images than the
 * row has. Safe for use by several threads.
 */
public final class PairEncoder {

    private final ConversationEncoder conversations;
    private final PairOptions options;
    private final boolean pixels;

    private PairEncoder(ConversationEncoder conversations, PairOptions options, boolean pixels) {
        this.conversations = conversations;
        this.options = options;
        this.pixels = pixels;
    }

    /**
     * Creates an encoder.
     *
     * @param tokenizer borrowed; must stay open while the encoder is used
     */
    public static PairEncoder create(Tokenizer tokenizer, ChatTemplate template, PairOptions options) {
        ConversationEncoder conversations =
                new ConversationEncoder(tokenizer, template, options.imageTokensPerTile(), options.maxSequenceLength());
        return new PairEncoder(conversations, options, true);
    }

    /** Returns an encoder for tokens only: it reads the size of each image and leaves the pixels where they are. */
    public PairEncoder withoutPixels() {
        return new PairEncoder(conversations, options, false);
    }

    /** Returns an encoder that draws nothing: images stay as they are and videos show the same frames every time. */
    public PairEncoder withoutAugmentation() {
        return new PairEncoder(conversations, options.withoutAugmentation(), pixels);
    }

    /** Returns the options of this encoder. */
    public PairOptions options() {
        return options;
    }

    /**
     * Encodes a row or fails.
     *
     * @throws DataException if the outcome of {@link #tryEncode} is not a pair
     */
    public EncodedPair encode(PairDataset dataset, int row) {
        EncodeOutcome outcome = tryEncode(dataset, row, 0);
        if (outcome instanceof Encoded encoded) {
            return encoded.pair();
        } else if (outcome instanceof Dropped dropped) {
            throw new DataException(dropped.reason());
        } else if (outcome instanceof Bad bad) {
            throw bad.cause();
        }
        throw ((Refused) outcome).cause();
    }

    /**
     * Encodes a row and says what became of it.
     *
     * @param row 0-based line of the data set's annotation file
     * @param draw selects the random numbers of the augmentation, for instance the position in the run
     */
    public EncodeOutcome tryEncode(PairDataset dataset, int row, long draw) {
        return tryEncode(dataset, row, draw, ImageWork.INLINE);
    }

    /** As above, with the images decoded on the threads and in the memory of {@code work}. */
    public EncodeOutcome tryEncode(PairDataset dataset, int row, long draw, ImageWork work) {
        String where = dataset.where(row);
        try {
            PreferenceRow content = dataset.row(row);
            return encode(dataset, row, content, tiles(dataset, content, draw, work));
        } catch (DataException e) {
            boolean placed = String.valueOf(e.getMessage()).startsWith(where);
            return new Bad(placed ? e : new DataException(where + ": " + e.getMessage(), e));
        }
    }

    private RowTiles tiles(PairDataset dataset, PreferenceRow row, long draw, ImageWork work) {
        checkMarkers(row);
        return pixels
                ? RowTiles.decoded(dataset, row, options, draw, work)
                : RowTiles.counted(dataset, row, options, draw);
    }

    /**
     * Looks at what can be wrong before any image is read.
     *
     * @throws DataException if the markers in the question do not go with the images or the video
     */
    public static void checkMarkers(PreferenceRow row) {
        if (row.shownVideo() != null) {
            VideoPrompt.check(row.question());
        }
        if (!row.imageList()) {
            return;
        }
        int markers = markers(row.question());
        int images = row.images().size();
        if (markers != images) {
            throw new DataException(
                    "\"question\" has " + markers + " " + ImageTokens.PLACEHOLDER + " but \"image\" lists " + images
                            + ": write one " + ImageTokens.PLACEHOLDER + " for each image, in order");
        }
    }

    /** Returns the number of image markers in a question. */
    public static int markers(String question) {
        return count(question, ImageTokens.PLACEHOLDER);
    }

    /** Returns how often a marker stands in a text. */
    static int count(String text, String marker) {
        int count = 0;
        for (int at = text.indexOf(marker); at >= 0; at = text.indexOf(marker, at + marker.length())) {
            count++;
        }
        return count;
    }

    private EncodeOutcome encode(PairDataset dataset, int row, PreferenceRow content, RowTiles tiles) {
        String question = question(content, tiles);
        EncodedConversation chosen = answer(question, content.chosen(), tiles);
        EncodedConversation rejected = answer(question, content.rejected(), tiles);
        checkImageTokens("chosen", chosen, tiles);
        checkImageTokens("rejected", rejected, tiles);
        if (chosen.truncated() || rejected.truncated()) {
            boolean video = content.shownVideo() != null;
            TooLong tooLong = TooLong.of(dataset, row, video, options, tiles.count(), chosen, rejected);
            if (options.onTooLong() == OnTooLong.DROP) {
                return new Dropped(tooLong.message());
            }
            if (options.onTooLong() == OnTooLong.FAIL || tooLong.imagesCut()) {
                return new Refused(new DataException(tooLong.message()));
            }
        }
        return new Encoded(new EncodedPair(
                dataset.name(),
                row,
                dataset.where(row),
                tiles.tiles(),
                tiles.count(),
                tiles.count() * options.imageTokensPerTile(),
                chosen.ids(),
                chosen.labelSpans(),
                rejected.ids(),
                rejected.labelSpans(),
                chosen.truncated(),
                rejected.truncated()));
    }

    private static String question(PreferenceRow row, RowTiles tiles) {
        if (row.shownVideo() != null) {
            return VideoPrompt.of(row.question(), tiles.perImage().length);
        }
        boolean single = !row.images().isEmpty() && !row.imageList();
        return single && !row.question().contains(ImageTokens.PLACEHOLDER)
                ? ImageTokens.PLACEHOLDER + "\n" + row.question()
                : row.question();
    }

    private EncodedConversation answer(String question, String answer, RowTiles tiles) {
        return conversations.encode(List.of(Turn.user(question), Turn.assistant(answer)), tiles.perImage());
    }

    /** Image tokens spelled out in a text would take the place of real ones. */
    private void checkImageTokens(String answer, EncodedConversation conversation, RowTiles tiles) {
        int expected = tiles.count() * options.imageTokensPerTile();
        if (conversation.fullImageTokens() != expected) {
            throw new DataException("the question or the " + answer + " answer spells out the reserved token "
                    + ImageTokens.CONTEXT + " (expected " + expected + " image tokens for " + tiles.count()
                    + " tiles, got " + conversation.fullImageTokens() + "): remove it from the text");
        }
    }
}
