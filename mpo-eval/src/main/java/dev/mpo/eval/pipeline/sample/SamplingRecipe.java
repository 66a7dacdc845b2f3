package dev.mpo.eval.pipeline.sample;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.generate.Generation;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.eval.generate.ChatRequest;
import java.util.List;
import java.util.Optional;

/** What is asked of the model for a row of the prompt file, and what becomes of its answers. */
interface SamplingRecipe {

    /** Returns the fields by which a row of the output is known to answer a row of the input. */
    List<String> keyFields();

    /** Returns what a line of the prompt file should look like, for messages. */
    String advice();

    /**
     * Returns the row of the output as far as it is known without an answer; all key fields are in it.
     *
     * @throws dev.mpo.core.DataException if the row cannot be used; the message begins with {@code where}
     */
    ObjectNode draft(ObjectNode row, String where);

    /** Returns what the model is asked; the options are taken over. */
    ChatRequest request(ObjectNode row, GenerationOptions options);

    /** Completes a draft by an answer; empty if nothing can be learned from it. */
    Optional<ObjectNode> finish(ObjectNode draft, ObjectNode row, Generation answer);

    /** Called by the first process when its samples are written: makes what belongs beside them. */
    default void finish(SamplingOptions options) {}
}
