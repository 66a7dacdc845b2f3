package dev.mpo.eval.pipeline.sample;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.DataException;
import dev.mpo.data.text.ImageTokens;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reading rows of prompt files. */
final class PromptRow {

    private PromptRow() {}

    /** Returns a text field. */
    static String text(ObjectNode row, String field, String where, String advice) {
        JsonNode value = row.path(field);
        if (!value.isTextual()) {
            throw new DataException(where + ": expected " + field + " to be a text, got "
                    + (value.isMissingNode() ? "nothing" : value) + ": write " + advice);
        }
        return value.textValue();
    }

    /** Returns the image names of a row: none, one or several. */
    static List<String> images(ObjectNode row, String where, String advice) {
        JsonNode image = row.path("image");
        List<String> names = new ArrayList<>();
        boolean fine = true;
        if (image.isTextual()) {
            names.add(image.textValue());
        } else if (image.isArray()) {
            for (JsonNode one : image) {
                fine = fine && one.isTextual();
                names.add(one.asText());
            }
        } else {
            fine = image.isMissingNode() || image.isNull();
        }
        if (!fine) {
            throw new DataException(
                    where + ": expected image to be a file name or a list of them, got " + image + ": write " + advice);
        }
        names.removeIf(String::isEmpty);
        return names;
    }

    /**
     * Checks that training will accept the row: its pictures exist, and several have a place in the question each.
     *
     * @throws DataException naming the picture, or both numbers
     */
    static void requireTrainable(String question, List<String> images, Path root, String where) {
        for (String image : images) {
            if (!Files.isRegularFile(root.resolve(image))) {
                throw new DataException(where + ": the picture " + root.resolve(image)
                        + " does not exist: correct the name, or --image-root");
            }
        }
        int markers = question.split(ImageTokens.PLACEHOLDER, -1).length - 1;
        if (images.size() > 1 && markers != images.size()) {
            throw new DataException(where + ": the question has " + markers + " " + ImageTokens.PLACEHOLDER
                    + " markers for " + images.size() + " pictures: write one for each");
        }
    }

    /** Returns the image files of a row that was read before. */
    static List<Path> files(ObjectNode row, Path root) {
        return images(row, "", "").stream().map(root::resolve).toList();
    }
}
