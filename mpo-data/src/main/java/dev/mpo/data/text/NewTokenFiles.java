package dev.mpo.data.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.safetensors.SafetensorsWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes the tokens that loading appended to a tokenizer into the tokenizer's files in another folder, so that the
 * exported model and its tokenizer go together wherever they are loaded.
 */
public final class NewTokenFiles {

    private static final String CONFIG = "tokenizer_config.json";
    private static final String ADDED = "added_tokens.json";
    private static final String SPECIAL = "special_tokens_map.json";
    private static final String FAST = "tokenizer.json";
    private static final String DECODER = "added_tokens_decoder";
    private static final String ADDITIONAL = "additional_special_tokens";

    private NewTokenFiles() {}

    /**
     * Adds the tokens of {@link Tokenizer#numNewTokens()}; does nothing if there are none.
     *
     * @param tokenizer the tokenizer as it was loaded
     * @param folder holds copies of the files that it was loaded from
     * @throws dev.mpo.core.CheckpointException if a file cannot be read or written
     */
    public static void write(Tokenizer tokenizer, Path folder) {
        Map<Integer, String> tokens = new LinkedHashMap<>();
        for (int id = tokenizer.vocabSize() - tokenizer.numNewTokens(); id < tokenizer.vocabSize(); id++) {
            tokens.put(id, tokenizer.token(id));
        }
        if (tokens.isEmpty()) {
            return;
        }
        TokenizerFolder files = new TokenizerFolder(folder);
        ObjectNode added = files.objectIfPresent(ADDED);
        tokens.forEach((id, content) -> added.put(content, id));
        save(files, ADDED, added);
        ObjectNode config = files.objectIfPresent(CONFIG);
        if (config.get(DECODER) instanceof ObjectNode decoder) {
            tokens.forEach((id, content) -> describe(decoder.putObject(String.valueOf(id)), content));
        }
        addSpecial(config, tokens);
        save(files, CONFIG, config);
        ObjectNode special = files.objectIfPresent(SPECIAL);
        addSpecial(special, tokens);
        save(files, SPECIAL, special);
        if (files.has(FAST)) {
            ObjectNode fast = files.object(FAST);
            ArrayNode list = fast.withArray("added_tokens");
            tokens.forEach((id, content) -> describe(list.addObject().put("id", id), content));
            save(files, FAST, fast);
        }
    }

    private static void describe(ObjectNode entry, String content) {
        entry.put("content", content).put("lstrip", false).put("normalized", false);
        entry.put("rstrip", false).put("single_word", false).put("special", true);
    }

    private static void addSpecial(ObjectNode file, Map<Integer, String> tokens) {
        ArrayNode list = file.withArray(ADDITIONAL);
        tokens.values().forEach(list::add);
    }

    private static void save(TokenizerFolder files, String name, ObjectNode content) {
        SafetensorsWriter.writeText(files.path(name), content.toPrettyString() + "\n");
    }
}
