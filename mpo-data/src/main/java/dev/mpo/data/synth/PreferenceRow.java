package dev.mpo.data.synth;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One line of a preference file in the MMPR layout.
 *
 * @param images picture files relative to the root of the meta entry; written as nothing, a string or a list
 * @param question the user's turn, with one {@code <image>} per picture when there are several
 * @param chosen the better answer
 * @param rejected the worse answer
 * @param answer the bare fact that decides between them
 */
record PreferenceRow(List<String> images, String question, String chosen, String rejected, String answer) {

    PreferenceRow {
        images = List.copyOf(images);
    }

    /** Returns the row's JSON object, its keys in the usual order. */
    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        if (images.size() == 1) {
            json.put("image", images.get(0));
        } else if (!images.isEmpty()) {
            json.put("image", images);
        }
        json.put("question", question);
        json.put("chosen", chosen);
        json.put("rejected", rejected);
        json.put("answer_gt", answer);
        return json;
    }
}
