package dev.mpo.eval.pipeline.sample;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.DataException;
import dev.mpo.core.generate.Generation;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.eval.generate.ChatRequest;
import dev.mpo.eval.prompt.PromptVersion;
import dev.mpo.eval.prompt.Prompts;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reasoned answers to questions whose right answer is known: what {@code pipeline pairs} takes. */
final class CorrectnessRecipe implements SamplingRecipe {

    private static final String ADVICE = "{\"image\": \"1.png\", \"question\": \"..\", \"answer\": \"..\"}";

    private final PromptVersion version;
    private final Path imageRoot;

    CorrectnessRecipe(PromptVersion version, Path imageRoot) {
        this.version = version;
        this.imageRoot = imageRoot;
    }

    @Override
    public List<String> keyFields() {
        return List.of("image", "question", "answer");
    }

    @Override
    public String advice() {
        return ADVICE;
    }

    @Override
    public ObjectNode draft(ObjectNode row, String where) {
        String question = PromptRow.text(row, "question", where, ADVICE);
        JsonNode answer = row.path("answer");
        if (!answer.isValueNode() || answer.isNull()) {
            throw new DataException(where + ": expected answer to be a text or a number, got "
                    + (answer.isMissingNode() ? "nothing" : answer) + ": write " + ADVICE);
        }
        List<String> images = PromptRow.images(row, where, ADVICE);
        ObjectNode draft = JsonNodeFactory.instance.objectNode();
        if (!images.isEmpty()) {
            draft.set("image", row.get("image"));
        }
        draft.put(
                "question",
                images.isEmpty() ? Prompts.textOnly(version, question) : Prompts.withImages(version, question));
        draft.put("question_orig", question);
        draft.set("answer", answer);
        draft.put("prompt_version", version.key());
        if (row.has("meta")) {
            draft.set("meta", row.get("meta"));
        }
        return draft;
    }

    @Override
    public ChatRequest request(ObjectNode row, GenerationOptions options) {
        String prompt = draft(row, "").get("question").textValue();
        return ChatRequest.of(prompt, PromptRow.files(row, imageRoot), options);
    }

    @Override
    public Optional<ObjectNode> finish(ObjectNode draft, ObjectNode row, Generation answer) {
        draft.put("response", answer.text());
        draft.put("finish_reason", answer.finishReason().name().toLowerCase(Locale.ROOT));
        return Optional.of(draft);
    }
}
