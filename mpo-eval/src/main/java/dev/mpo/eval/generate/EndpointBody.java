package dev.mpo.eval.generate;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.DataException;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.data.image.ImageDecoder;
import dev.mpo.data.text.ImageTokens;
import dev.mpo.data.text.Role;
import dev.mpo.data.text.Turn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a server is sent to answer a conversation: the body of {@code POST /chat/completions}. */
final class EndpointBody {

    private static final JsonMapper MAPPER = new JsonMapper();

    /** Fields that not every server knows, and that an answer can be sampled without. */
    static final List<String> OPTIONAL_FIELDS =
            List.of("top_k", "min_p", "repetition_penalty", "stop_token_ids", "seed", "logprobs");

    private EndpointBody() {}

    /**
     * Returns the body that asks for one sample.
     *
     * @param left fields to leave out, because the server does not know them
     * @throws DataException if an image cannot be read, or there are more markers than images or fewer
     */
    static byte[] of(ChatRequest request, int sample, String model, EndpointOptions endpoint, Collection<String> left) {
        GenerationOptions options = request.options();
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("model", model);
        ArrayNode messages = body.putArray("messages");
        Iterator<Path> images = request.images().iterator();
        List<Turn> turns =
                ImageMarkers.complete(request.turns(), request.images().size());
        for (Turn turn : turns) {
            message(
                    messages.addObject(),
                    turn,
                    images,
                    endpoint.server() == EndpointServer.LMDEPLOY ? request.maxTiles() : null);
        }
        if (images.hasNext()) {
            throw new DataException("the question has fewer " + ImageTokens.PLACEHOLDER + " markers than images ("
                    + request.images().size() + "): mark each image once");
        }
        if (!request.answerStart().isEmpty()) {
            messages.addObject().put("role", "assistant").put("content", request.answerStart());
            endpoint.server().continueAnswer(body);
        }
        body.put("temperature", options.temperature());
        body.put("top_p", options.topP());
        body.put("max_tokens", options.maxNewTokens());
        body.put("seed", seed(options.seed(), sample));
        if (!options.stopStrings().isEmpty()) {
            options.stopStrings().forEach(body.putArray("stop")::add);
        }
        endpoint.server().limit(body, options);
        if (endpoint.logprobs()) {
            body.put("logprobs", true);
        }
        body.remove(left);
        try {
            return MAPPER.writeValueAsBytes(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void message(ObjectNode message, Turn turn, Iterator<Path> images, @Nullable Integer maxTiles) {
        message.put("role", turn.role().name().toLowerCase(Locale.ROOT));
        if (turn.role() != Role.USER || !turn.text().contains(ImageTokens.PLACEHOLDER)) {
            message.put("content", turn.text());
            return;
        }
        ArrayNode parts = message.putArray("content");
        String[] texts = turn.text().split(ImageTokens.PLACEHOLDER, -1);
        for (int i = 0; i < texts.length; i++) {
            // The line break behind a marker belongs to it: servers put one of their own there.
            String text = i > 0 && texts[i].startsWith("\n") ? texts[i].substring(1) : texts[i];
            if (!text.isEmpty()) {
                parts.addObject().put("type", "text").put("text", text);
            }
            if (i < texts.length - 1) {
                if (!images.hasNext()) {
                    throw new DataException("the question has more " + ImageTokens.PLACEHOLDER
                            + " markers than images: mark each image once");
                }
                ObjectNode image = parts.addObject().put("type", "image_url");
                ObjectNode source = image.putObject("image_url").put("url", dataUri(images.next()));
                if (maxTiles != null) {
                    source.put("max_dynamic_patch", maxTiles);
                }
            }
        }
    }

    private static String dataUri(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new DataException("image " + file + " cannot be read: " + e, e);
        }
        String type = ImageDecoder.mediaType(bytes, file.toString());
        return "data:" + type + ";base64," + Base64.getEncoder().encodeToString(bytes);
    }

    /** Each sample has a seed of its own, from 0 to 2^31 - 1, so that it can be made again alone. */
    private static long seed(long seed, int sample) {
        long z = seed + (sample + 1L) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return (z ^ (z >>> 31)) & 0x7FFFFFFFL;
    }
}
