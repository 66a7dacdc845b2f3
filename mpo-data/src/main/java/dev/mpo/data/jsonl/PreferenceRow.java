package dev.mpo.data.jsonl;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.data.video.Clip;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of an annotation file: a question about any number of images, the answer to prefer and the one to avoid.
 *
 * @param images image paths below the data set's root, or absolute; empty for a text-only row
 * @param imageList whether the row gave a list of paths; a list of one image is encoded as several images are
 * @param question the prompt, with {@code <image>} where an image goes
 * @param chosen the answer to prefer
 * @param rejected the answer to avoid
 * @param answerGt the ground truth, any JSON value; kept for the pipelines
 * @param chosenMeta how the chosen answer came about; any JSON value
 * @param rejectedMeta how the rejected answer came about; any JSON value
 * @param systemPrompt the system message the answers were sampled with; training uses the template's own, as the
 *     reference does
 * @param video path of a video: a folder of frames, an animation or a video file; counts where there is no image
 * @param clip the part of the video that counts; null for all of it
 * @param length a precomputed number of tokens; informational
 */
public record PreferenceRow(
        List<String> images,
        boolean imageList,
        String question,
        String chosen,
        String rejected,
        @Nullable JsonNode answerGt,
        @Nullable JsonNode chosenMeta,
        @Nullable JsonNode rejectedMeta,
        @Nullable String systemPrompt,
        @Nullable String video,
        @Nullable Clip clip,
        @Nullable Long length) {

    /** Copies the list of images. */
    public PreferenceRow {
        images = List.copyOf(images);
    }

    /** Returns the video that the row is about, or null for a row about images or text. */
    public @Nullable String shownVideo() {
        return images.isEmpty() && video != null && !video.isEmpty() ? video : null;
    }

    /** Returns a row without the optional fields; several images make a list. */
    public static PreferenceRow of(List<String> images, String question, String chosen, String rejected) {
        return new PreferenceRow(
                images, images.size() > 1, question, chosen, rejected, null, null, null, null, null, null, null);
    }
}
