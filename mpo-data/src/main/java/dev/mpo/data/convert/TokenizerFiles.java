package dev.mpo.data.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.safetensors.SafetensorsWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Translates the tokenizer's files. The vocabulary is the same in both layouts; what differs is how
 * {@code tokenizer_config.json} names the image tokens, and that transformers 5 keeps a byte-level vocabulary in
 * {@code tokenizer.json} alone, where the original code looks for {@code vocab.json} and {@code merges.txt}.
 */
final class TokenizerFiles {

    static final String CONFIG = "tokenizer_config.json";
    static final String SPECIAL = "special_tokens_map.json";
    private static final String ADDED = "added_tokens.json";
    static final String FAST = "tokenizer.json";
    private static final String VOCABULARY = "vocab.json";
    private static final String MERGES = "merges.txt";
    private static final String DECODER = "added_tokens_decoder";
    private static final String ADDITIONAL = "additional_special_tokens";
    private static final String EXTRA = "extra_special_tokens";
    private static final String IMAGE = "<IMG_CONTEXT>";

    private static final List<String> NATIVE_ONLY = List.of(
            "start_image_token",
            "end_image_token",
            "context_image_token",
            "video_token",
            "model_specific_special_tokens",
            EXTRA,
            "processor_class",
            "backend",
            "is_local",
            "local_files_only",
            "add_prefix_space");

    private static final List<String> ROLES = List.of("bos_token", "eos_token", "unk_token", "pad_token");

    private final Path folder;
    private final Map<String, Integer> added = new LinkedHashMap<>();

    private TokenizerFiles(Path folder) {
        this.folder = folder;
    }

    /** Reads which tokens a folder's tokenizer adds to its vocabulary. */
    static TokenizerFiles read(Path folder) {
        TokenizerFiles files = new TokenizerFiles(folder);
        for (JsonNode token : ModelJson.readIfPresent(folder.resolve(FAST)).path("added_tokens")) {
            files.added.put(token.path("content").asText(), token.path("id").asInt(-1));
        }
        ModelJson.readIfPresent(folder.resolve(ADDED))
                .properties()
                .forEach(entry ->
                        files.added.put(entry.getKey(), entry.getValue().asInt(-1)));
        ModelJson.readIfPresent(folder.resolve(CONFIG))
                .path(DECODER)
                .properties()
                .forEach(entry ->
                        files.added.put(entry.getValue().path("content").asText(), files.number(entry.getKey())));
        return files;
    }

    private int number(String id) {
        try {
            return Integer.parseInt(id);
        } catch (NumberFormatException e) {
            throw new CheckpointException(
                    folder.resolve(CONFIG) + ": key " + DECODER + ": expected token ids as keys, got " + id
                            + ". Copy the tokenizer files from the checkpoint that the model comes from.",
                    e);
        }
    }

    /** Returns the id of the token that stands for one image feature. */
    int imageTokenId() {
        Integer id = added.get(IMAGE);
        if (id == null || id < 0) {
            throw new CheckpointException(folder + ": expected the token " + IMAGE + " in tokenizer_config.json, "
                    + ADDED + " or " + FAST + ", found " + (added.isEmpty() ? "no added token" : added.keySet())
                    + ". Copy the tokenizer files from the checkpoint that the model comes from.");
        }
        return id;
    }

    /** Returns the id of an added token, or -1. */
    int id(String token) {
        return added.getOrDefault(token, -1);
    }

    /** Translates an original {@code tokenizer_config.json}. */
    ObjectNode nativeConfig(ObjectNode original) {
        ObjectNode config = original.deepCopy();
        config.remove(List.of("auto_map", "chat_template"));
        if (hasSentencePiece()) {
            config.put("tokenizer_class", "PreTrainedTokenizerFast"); // reads the tokenizer.json that is written
        }
        config.put("processor_class", "InternVLProcessor");
        ObjectNode tokens = ModelJson.object()
                .put("context_image_token", IMAGE)
                .put("end_image_token", "</img>")
                .put("start_image_token", "<img>")
                .put("video_token", videoToken(config));
        config.setAll(tokens);
        config.set("model_specific_special_tokens", tokens);
        return config;
    }

    /** Whether the vocabulary is a SentencePiece model, whose python class the native layout does without. */
    boolean hasSentencePiece() {
        return Files.exists(folder.resolve("tokenizer.model"));
    }

    /** A token of the vocabulary that stands for a video in a prompt; a new one would have no row in the model. */
    private String videoToken(ObjectNode config) {
        for (String token : List.of("<video>", "<|video_pad|>")) {
            if (added.containsKey(token)) {
                return token;
            }
        }
        JsonNode pad = config.path("pad_token");
        return pad.isObject() ? pad.path("content").asText() : pad.asText("<|endoftext|>");
    }

    /** Translates a native {@code tokenizer_config.json}. */
    ObjectNode originalConfig(ObjectNode nativeConfig, String decoder) {
        ObjectNode config = nativeConfig.deepCopy();
        config.remove(NATIVE_ONLY);
        if (nativeConfig.path(EXTRA).isArray() && !config.has(ADDITIONAL)) {
            config.set(ADDITIONAL, nativeConfig.get(EXTRA));
        }
        JsonNode tokens = ModelJson.readIfPresent(folder.resolve(FAST)).path("added_tokens");
        if (!config.has(DECODER) && !tokens.isEmpty()) {
            ObjectNode map = config.putObject(DECODER);
            for (JsonNode token : tokens) {
                ObjectNode entry = token.deepCopy();
                entry.remove("id");
                map.set(token.path("id").asText(), entry);
            }
        }
        if (hasSentencePiece()) {
            String name = decoder.equals(TextConfig.INTERNLM3) ? "InternLM3Tokenizer" : "InternLM2Tokenizer";
            String module = decoder.equals(TextConfig.INTERNLM3) ? "tokenization_internlm3" : "tokenization_internlm2";
            config.put("tokenizer_class", name);
            config.putObject("auto_map")
                    .putArray("AutoTokenizer")
                    .add(module + "." + name)
                    .addNull();
        }
        return config;
    }

    /** Writes what the original code needs and a native folder may lack, made of {@code tokenizer.json}. */
    void writeOriginalVocabulary(ObjectNode originalConfig, Path target) {
        if (!Files.exists(target.resolve(SPECIAL))) {
            ObjectNode special = ModelJson.object();
            if (originalConfig.has(ADDITIONAL)) {
                special.set(ADDITIONAL, originalConfig.get(ADDITIONAL));
            }
            ROLES.stream()
                    .filter(originalConfig::hasNonNull)
                    .forEach(role -> special.set(role, originalConfig.get(role)));
            ModelJson.write(target.resolve(SPECIAL), special);
        }
        JsonNode fast = ModelJson.readIfPresent(folder.resolve(FAST));
        boolean byteLevel = fast.path("model").path("type").asText().equals("BPE")
                && originalConfig.path("tokenizer_class").asText("").startsWith("Qwen");
        if (!byteLevel || Files.exists(folder.resolve(VOCABULARY))) {
            return;
        }
        ModelJson.write(target.resolve(VOCABULARY), fast.path("model").path("vocab"));
        SafetensorsWriter.writeText(
                target.resolve(MERGES), merges(fast.path("model").path("merges")));
        Map<Integer, String> byId = new TreeMap<>();
        added.forEach((token, id) -> byId.put(id, token));
        ObjectNode map = ModelJson.object();
        byId.forEach((id, token) -> map.put(token, id));
        ModelJson.write(target.resolve(ADDED), map);
    }

    private static String merges(JsonNode merges) {
        StringBuilder lines = new StringBuilder("#version: 0.2\n");
        for (JsonNode merge : (ArrayNode) merges) {
            lines.append(
                            merge.isArray()
                                    ? merge.path(0).asText() + " "
                                            + merge.path(1).asText()
                                    : merge.asText())
                    .append('\n');
        }
        return lines.toString();
    }
}
