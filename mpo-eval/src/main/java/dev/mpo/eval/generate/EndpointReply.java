package dev.mpo.eval.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mpo.core.generate.FinishReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * What a server answered.
 *
 * @param text the new text
 * @param reason why it ended
 * @param logps log-probabilities of its tokens; empty if the server reports none
 * @param promptTokens tokens of the prompt; 0 if the server does not tell
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record EndpointReply(String text, FinishReason reason, double[] logps, int promptTokens) {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int SHOWN = 200;

    /** Reads a body; one that is damaged or no answer is worth another attempt. */
    static EndpointReply of(byte[] body) {
        JsonNode root = parse(body);
        JsonNode choice = root.path("choices").path(0);
        JsonNode content = choice.path("message").path("content");
        if (!content.isTextual()) {
            throw EndpointException.tryAgain(
                    "no answer in the reply",
                    "expected choices[0].message.content in the reply, got " + shown(body),
                    null);
        }
        return new EndpointReply(
                content.asText(""),
                reason(choice.path("finish_reason")),
                logps(choice.path("logprobs").path("content")),
                root.path("usage").path("prompt_tokens").asInt(0));
    }

    private static JsonNode parse(byte[] body) {
        try {
            return MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            throw EndpointException.tryAgain("damaged reply", "expected JSON, got " + shown(body), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FinishReason reason(JsonNode reason) {
        if (reason.asText("stop").equals("abort")) {
            throw EndpointException.tryAgain("aborted answer", "the server aborted the answer", null);
        }
        return reason.asText("stop").equals("length") ? FinishReason.LENGTH : FinishReason.STOP;
    }

    private static double[] logps(JsonNode content) {
        double[] logps = new double[content.size()];
        for (int i = 0; i < logps.length; i++) {
            logps[i] = content.path(i).path("logprob").asDouble(Double.NaN);
        }
        return logps;
    }

    /** The beginning of a body, for a message. */
    static String shown(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8).strip().replaceAll("\\s+", " ");
        return text.isEmpty() ? "nothing" : text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    }
}
