package dev.mpo.eval.generate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.ConfigException;
import dev.mpo.core.generate.GenerationOptions;

/** Programs that serve models by OpenAI's protocol, and how each is told what the protocol does not say. */
public enum EndpointServer {
    /** vLLM. A begun answer needs {@code add_generation_prompt=false} and {@code continue_final_message=true}. */
    VLLM {
        @Override
        void continueAnswer(ObjectNode body) {
            body.put("add_generation_prompt", false);
            body.put("continue_final_message", true);
        }
    },
    /** SGLang. A begun answer needs {@code continue_final_message=true}. */
    SGLANG {
        @Override
        void continueAnswer(ObjectNode body) {
            body.put("continue_final_message", true);
        }
    },
    /** LMDeploy, which continues a conversation that ends with the assistant's turn without being told. */
    LMDEPLOY {
        @Override
        void continueAnswer(ObjectNode body) {}
    },
    /** Any other server: only the fields of the protocol itself, and no way to continue a begun answer. */
    OPENAI {
        @Override
        void continueAnswer(ObjectNode body) {
            throw new ConfigException("--endpoint-server openai: the protocol cannot continue a begun answer; "
                    + "serve the model by vllm, sglang or lmdeploy and say which");
        }

        @Override
        void limit(ObjectNode body, GenerationOptions options) {
            boolean plain = options.topK() == 0 && options.minP() == 0 && options.repetitionPenalty() == 1;
            if (!plain) {
                throw new ConfigException(
                        "--endpoint-server openai: top-k, min-p and repetition penalty are not part of"
                                + " the protocol; set --top-k 0 and leave the others out, or name the server");
            }
        }
    };

    /** Adds what makes the server continue the last, assistant's, turn. */
    abstract void continueAnswer(ObjectNode body);

    /** Adds the limits that the protocol lacks. */
    void limit(ObjectNode body, GenerationOptions options) {
        if (options.topK() > 0) {
            body.put("top_k", options.topK());
        }
        if (options.minP() > 0) {
            body.put("min_p", options.minP());
        }
        if (options.repetitionPenalty() != 1) {
            body.put("repetition_penalty", options.repetitionPenalty());
        }
        if (!options.stopTokens().isEmpty()) {
            options.stopTokens().stream().sorted().forEach(body.putArray("stop_token_ids")::add);
        }
    }
}
