package dev.mpo.data.pair;

import dev.mpo.core.DataException;
import dev.mpo.data.text.ImageTokens;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The question of a row about a video: {@code <video>} and the line break behind it become a line {@code Frame-i:
 * <image>} for each frame, counted from 1, as in InternVL's {@code video_get_item}.
 *
 * <p>A question without the marker gets it in front. A marker without a line break behind it, which the reference
 * leaves in the text so that the frames have no place, is taken as if it had one.
 */
final class VideoPrompt {

    /** Where the frames go. */
    static final String PLACEHOLDER = "<video>";

    private VideoPrompt() {}

    /**
     * Looks at the markers of a question.
     *
     * @throws DataException if there are several, or one for an image
     */
    static void check(String question) {
        int markers = PairEncoder.count(question, PLACEHOLDER);
        if (markers > 1) {
            throw new DataException("\"question\" has " + markers + " " + PLACEHOLDER
                    + " but the row names one video: write at most one");
        }
        if (question.contains(ImageTokens.PLACEHOLDER)) {
            throw new DataException("\"question\" has " + ImageTokens.PLACEHOLDER + " but the row names a video and no"
                    + " image: write " + PLACEHOLDER + " where the frames go");
        }
    }

    /** Returns a question with the markers of all frames. */
    static String of(String question, int frames) {
        String marked = question.contains(PLACEHOLDER) ? question : PLACEHOLDER + "\n" + question;
        String lines = IntStream.rangeClosed(1, frames)
                .mapToObj(frame -> "Frame-" + frame + ": " + ImageTokens.PLACEHOLDER + "\n")
                .collect(Collectors.joining());
        String placed = marked.contains(PLACEHOLDER + "\n") ? PLACEHOLDER + "\n" : PLACEHOLDER;
        return marked.replace(placed, lines);
    }
}
