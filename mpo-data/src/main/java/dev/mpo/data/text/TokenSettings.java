package dev.mpo.data.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.config.Family;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a tokenizer's JSON files say about added and special tokens.
 *
 * @param added the added tokens, in the files' order
 * @param roles special tokens by role, e.g. {@code eos_token}
 * @param additional special tokens without a role
 * @param addsBos whether every text gets a begin-of-sequence token
 * @param cleansSpaces whether printed text loses its spaces before punctuation
 */
record TokenSettings(
        List<AddedToken> added,
        Map<String, String> roles,
        List<String> additional,
        boolean addsBos,
        boolean cleansSpaces) {

    private static final String CONFIG = "tokenizer_config.json";
    private static final String SPECIAL_MAP = "special_tokens_map.json";
    private static final String ADDED_MAP = "added_tokens.json";
    private static final String FAST = "tokenizer.json";
    private static final String ADDITIONAL = "additional_special_tokens";
    private static final List<String> ROLES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    /**
     * Reads the files. {@code tokenizer_config.json} decides if it lists the added tokens; the older files count only
     * where it does not.
     */
    static TokenSettings load(TokenizerFolder files, Family family) {
        JsonNode config = files.objectIfPresent(CONFIG);
        Map<String, String> roles = new LinkedHashMap<>(family.tokens().roles());
        Set<String> additional = new LinkedHashSet<>();
        readSpecial(files, CONFIG, config, roles, additional);
        List<AddedToken> added = new ArrayList<>();
        if (config.has("added_tokens_decoder")) {
            config.path("added_tokens_decoder")
                    .properties()
                    .forEach(entry -> added.add(token(files, CONFIG, entry.getValue(), entry.getKey())));
        } else {
            readSpecial(files, SPECIAL_MAP, files.objectIfPresent(SPECIAL_MAP), roles, additional);
            readOldFiles(files, added, additional);
        }
        boolean addsBos =
                family.tokens().addsBos() && config.path("add_bos_token").asBoolean(true);
        requireDistinct(files, config.has("added_tokens_decoder") ? CONFIG : ADDED_MAP, added);
        return new TokenSettings(
                List.copyOf(added),
                Map.copyOf(roles),
                List.copyOf(additional),
                addsBos && roles.containsKey("bos_token"),
                config.path("clean_up_tokenization_spaces").asBoolean(false));
    }

    private static void readSpecial(
            TokenizerFolder files, String name, JsonNode node, Map<String, String> roles, Set<String> additional) {
        for (String role : ROLES) {
            JsonNode value = node.path(role);
            if (value.isNull()) {
                roles.remove(role);
            } else if (!value.isMissingNode()) {
                roles.put(role, content(files, name, value));
            }
        }
        for (JsonNode value : node.path(ADDITIONAL)) {
            additional.add(content(files, name, value));
        }
    }

    private static void readOldFiles(TokenizerFolder files, List<AddedToken> added, Set<String> additional) {
        Map<Integer, String> seen = new HashMap<>();
        boolean rolesAreKnown = files.has(SPECIAL_MAP) || files.has(CONFIG);
        if (files.has(FAST)) {
            for (JsonNode value : files.object(FAST).path("added_tokens")) {
                AddedToken token = token(files, FAST, value, value.path("id").asText());
                added.add(token);
                seen.put(token.id(), token.content());
                if (!rolesAreKnown && value.path("special").asBoolean(false)) {
                    additional.add(token.content());
                }
            }
        }
        for (Map.Entry<String, JsonNode> entry :
                files.objectIfPresent(ADDED_MAP).properties()) {
            int id = id(files, ADDED_MAP, entry.getValue().asText());
            if (!entry.getKey().equals(seen.get(id))) {
                added.add(AddedToken.plain(entry.getKey(), id));
            }
        }
    }

    /** Two added tokens with one id, or one token with two, cannot both be meant. */
    private static void requireDistinct(TokenizerFolder files, String file, List<AddedToken> added) {
        Map<Integer, String> contents = new HashMap<>();
        Map<String, Integer> ids = new HashMap<>();
        for (AddedToken token : added) {
            String content = contents.putIfAbsent(token.id(), token.content());
            if (content != null) {
                throw files.damaged(
                        file,
                        "the added tokens '" + content + "' and '" + token.content() + "' have the same id "
                                + token.id());
            }
            Integer id = ids.putIfAbsent(token.content(), token.id());
            if (id != null) {
                throw files.damaged(
                        file, "the added token '" + token.content() + "' has two ids, " + id + " and " + token.id());
            }
        }
    }

    private static AddedToken token(TokenizerFolder files, String file, JsonNode node, String id) {
        return new AddedToken(
                content(files, file, node),
                id(files, file, id),
                node.path("lstrip").asBoolean(false),
                node.path("rstrip").asBoolean(false),
                node.path("single_word").asBoolean(false));
    }

    private static int id(TokenizerFolder files, String file, String text) {
        try {
            int id = Integer.parseInt(text);
            if (id >= 0 && id < AddedToken.MAX_IDS) {
                return id;
            }
        } catch (NumberFormatException e) {
            // reported below, together with numbers out of range
        }
        throw files.damaged(
                file,
                "expected a token id (a whole number from 0 to " + (AddedToken.MAX_IDS - 1) + "), found '" + text
                        + "'");
    }

    private static String content(TokenizerFolder files, String file, JsonNode node) {
        JsonNode content = node.isObject() ? node.path("content") : node;
        if (!content.isTextual() || content.asText().isEmpty()) {
            throw files.damaged(file, "expected a token (text, or an object with 'content'), found " + node);
        }
        return content.asText();
    }
}
