package dev.mpo.eval.pipeline.sample;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.core.generate.Generation;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.data.text.ImageTokens;
import dev.mpo.data.text.Turn;
import dev.mpo.eval.generate.ChatRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * DropoutNTP: the first part of a chosen answer, continued by the model without the picture, is the rejected answer.
 * The rows are ready for training.
 */
final class DropoutRecipe implements SamplingRecipe {

    private static final String ADVICE =
            "{\"image\": \"1.png\", \"question\": \"..\", \"chosen\": \"..\", \"rejected\": null}";

    private final double startRatio;
    private final DropoutPrefix.Words words;
    private final boolean withImage;
    private final Path imageRoot;

    DropoutRecipe(double startRatio, DropoutPrefix.Words words, boolean withImage, Path imageRoot) {
        if (!(startRatio >= 0 && startRatio <= 1)) {
            throw new ConfigException("--start-ratio: expected a number from 0 to 1, got " + startRatio);
        }
        this.startRatio = startRatio;
        this.words = words;
        this.withImage = withImage;
        this.imageRoot = imageRoot;
    }

    @Override
    public List<String> keyFields() {
        return List.of("image", "question", "chosen");
    }

    @Override
    public String advice() {
        return ADVICE;
    }

    @Override
    public ObjectNode draft(ObjectNode row, String where) {
        String question = PromptRow.text(row, "question", where, ADVICE);
        if (PromptRow.text(row, "chosen", where, ADVICE).isBlank()) {
            throw new DataException(where + ": chosen is blank, so there is nothing to continue: write an answer");
        }
        PromptRow.requireTrainable(question, PromptRow.images(row, where, ADVICE), imageRoot, where);
        return row.deepCopy();
    }

    private String prefix(ObjectNode row) {
        return DropoutPrefix.of(row.path("chosen").textValue(), startRatio, words);
    }

    @Override
    public ChatRequest request(ObjectNode row, GenerationOptions options) {
        String question = row.path("question").textValue();
        List<Path> images = withImage ? PromptRow.files(row, imageRoot) : List.of();
        if (!withImage) {
            question = question.replace(ImageTokens.PLACEHOLDER + "\n", "").replace(ImageTokens.PLACEHOLDER, "");
        }
        return new ChatRequest(List.of(Turn.user(question)), images, prefix(row), options);
    }

    /** The meta file that training takes: the rows are ready for it. */
    @Override
    public void finish(SamplingOptions options) {
        SampleMeta.write(options);
    }

    @Override
    public Optional<ObjectNode> finish(ObjectNode draft, ObjectNode row, Generation answer) {
        String rejected = prefix(row) + answer.text();
        draft.put("rejected", rejected);
        return rejected.equals(row.path("chosen").textValue()) ? Optional.empty() : Optional.of(draft);
    }
}
