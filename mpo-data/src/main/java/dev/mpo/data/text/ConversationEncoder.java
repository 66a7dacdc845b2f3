package dev.mpo.data.text;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.DataException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns conversations with images into token ids and the stretches that are trained.
 *
 * <p>Each turn is tokenized on its own, so that no token spans two turns. Of an answer's turn, as many leading tokens
 * as the bare header {@code <|im_start|>assistant\n} has and the very last token are not trained. A tokenizer that adds
 * a begin-of-sequence token to every text contributes it once, in front of the first turn. What exceeds the limit is
 * cut off.
 */
public final class ConversationEncoder {

    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final int imageTokensPerTile;
    private final int maxLength;
    private final int headerLength;
    private final int imageTokenId;

    /**
     * Prepares encoding.
     *
     * @param tokenizer borrowed; must stay open while the encoder is used
     * @param template the layout of turns
     * @param imageTokensPerTile how many visual tokens the model makes of one tile
     * @param maxLength the largest number of ids to keep; {@link Integer#MAX_VALUE} keeps all
     * @throws CheckpointException if the tokenizer lacks a token of the template
     */
    public ConversationEncoder(Tokenizer tokenizer, ChatTemplate template, int imageTokensPerTile, int maxLength) {
        if (imageTokensPerTile < 1 || maxLength < 1) {
            throw new IllegalArgumentException("imageTokensPerTile " + imageTokensPerTile + ", maxLength " + maxLength);
        }
        this.tokenizer = tokenizer;
        this.template = template;
        this.imageTokensPerTile = imageTokensPerTile;
        this.maxLength = maxLength;
        this.imageTokenId = require(tokenizer, ImageTokens.CONTEXT);
        require(tokenizer, template.endOfTurn());
        this.headerLength = tokenizer.encode(template.assistantHeader()).length;
    }

    /**
     * Encodes one conversation.
     *
     * @param turns the turns in order; in the users' turns each {@value ImageTokens#PLACEHOLDER} takes the next image,
     *     and markers beyond the last image stay literal text
     * @param tilesPerImage the number of tiles of each image; empty if the conversation has none
     * @throws DataException if there are fewer markers than images, no turns, or a misplaced system turn
     */
    public EncodedConversation encode(List<Turn> turns, int[] tilesPerImage) {
        List<ChatTemplate.Segment> segments = template.segments(placeImages(turns, tilesPerImage));
        int[][] parts = new int[segments.size()][];
        List<int[]> spans = new ArrayList<>();
        int length = 0;
        for (int i = 0; i < parts.length; i++) {
            String text = segments.get(i).text();
            boolean first = i == 0 && tokenizer.addsBos();
            parts[i] = first ? tokenizer.encodeWithSpecialTokens(text) : tokenizer.encode(text);
            if (segments.get(i).labelled()) {
                addSpan(spans, length + headerLength, length + parts[i].length - 1);
            }
            length += parts[i].length;
        }
        return cut(concatenate(parts, length), spans);
    }

    /**
     * Encodes what the model is to continue: the conversation so far, an answer's header, and the beginning of that
     * answer. Nothing is cut off.
     *
     * @param turns as in {@link #encode}
     * @param tilesPerImage as in {@link #encode}
     * @param answerStart the first words of the answer; empty if the model begins it itself
     */
    public int[] encodePrompt(List<Turn> turns, int[] tilesPerImage, String answerStart) {
        return tokenizer.encodeWithSpecialTokens(template.prompt(placeImages(turns, tilesPerImage)) + answerStart);
    }

    private void addSpan(List<int[]> spans, int start, int end) {
        int cutEnd = Math.min(end, maxLength);
        if (start < cutEnd) {
            spans.add(new int[] {start, cutEnd});
        }
    }

    private EncodedConversation cut(int[] all, List<int[]> spans) {
        int[] ids = all.length > maxLength ? Arrays.copyOf(all, maxLength) : all;
        return new EncodedConversation(
                ids, spans.toArray(int[][]::new), all.length, countImageTokens(all), countImageTokens(ids));
    }

    private int countImageTokens(int[] ids) {
        return (int) Arrays.stream(ids).filter(id -> id == imageTokenId).count();
    }

    /** Replaces markers by image tokens in the users' turns, left to right, until the images are used up. */
    private List<Turn> placeImages(List<Turn> turns, int[] tilesPerImage) {
        if (tilesPerImage.length == 0) {
            return turns;
        }
        List<Turn> placed = new ArrayList<>(turns.size());
        int next = 0;
        for (Turn turn : turns) {
            if (turn.role() != Role.USER) {
                placed.add(turn);
                continue;
            }
            StringBuilder text = new StringBuilder();
            int from = 0;
            int at = turn.text().indexOf(ImageTokens.PLACEHOLDER);
            while (at >= 0 && next < tilesPerImage.length) {
                text.append(turn.text(), from, at).append(ImageTokens.of(tilesPerImage[next++] * imageTokensPerTile));
                from = at + ImageTokens.PLACEHOLDER.length();
                at = turn.text().indexOf(ImageTokens.PLACEHOLDER, from);
            }
            placed.add(Turn.user(
                    text.append(turn.text(), from, turn.text().length()).toString()));
        }
        if (next != tilesPerImage.length) {
            throw new DataException("The conversation has " + tilesPerImage.length + " image(s) but only " + next + " '"
                    + ImageTokens.PLACEHOLDER + "' marker(s) in its questions; write one marker for each image");
        }
        return placed;
    }

    private static int[] concatenate(int[][] parts, int length) {
        int[] all = new int[length];
        int at = 0;
        for (int[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private static int require(Tokenizer tokenizer, String token) {
        int id = tokenizer.tokenId(token);
        if (id < 0) {
            throw new CheckpointException("The tokenizer has no token '" + token
                    + "', which the conversation template needs. Take the tokenizer files from an InternVL checkpoint");
        }
        return id;
    }
}
