package dev.mpo.data.text;

import dev.mpo.core.CheckpointException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The added tokens of a tokenizer and the roles of the special ones.
 *
 * <p>Being "added" decides how text is cut; being "special" (having a role, or being listed among the additional
 * special tokens) decides what decoding leaves out and where it puts spaces. The two sets differ: {@code <tool_call>}
 * is added but not special.
 */
final class TokenRegistry {

    private final Map<Integer, AddedToken> byId = new LinkedHashMap<>();
    private final Map<String, Integer> idByContent = new LinkedHashMap<>();
    private final Map<String, String> roles;
    private final Set<String> additional;
    private final Set<String> special = new LinkedHashSet<>();
    private final Set<Integer> specialIds = new HashSet<>();
    private final Set<String> standAlone = new HashSet<>();
    private final Path folder;
    private final TextModel model;
    private final boolean addsBos;
    private final boolean cleansSpaces;
    private final int numNewTokens;
    private int size;

    private TokenRegistry(Path folder, TextModel model, TokenSettings settings) {
        this.folder = folder;
        this.model = model;
        this.roles = settings.roles();
        this.additional = new LinkedHashSet<>(settings.additional());
        this.addsBos = settings.addsBos();
        this.cleansSpaces = settings.cleansSpaces();
        settings.added().forEach(this::put);
        this.size = distinctTokens();
        special.addAll(roles.values());
        special.addAll(additional);
        special.forEach(this::append);
        int before = size;
        for (String content : ImageTokens.ALL) {
            if (!idByContent.containsKey(content)) {
                append(content);
                additional.add(content);
                special.add(content);
            }
        }
        this.numNewTokens = size - before;
        fillDerivedSets();
    }

    /** Reads the JSON files of a tokenizer folder. */
    static TokenRegistry load(TokenizerFolder files, TextModel model) {
        return new TokenRegistry(files.path(""), model, TokenSettings.load(files, model.family()));
    }

    /** Returns what is wrong with added tokens that have the ids of other tokens of the vocabulary. */
    List<String> conflicts() {
        if (model.allowsRenaming()) {
            return List.of();
        }
        List<String> conflicts = new ArrayList<>();
        for (AddedToken token : byId.values()) {
            String known = model.token(token.id());
            if (!known.isEmpty() && !known.equals(token.content())) {
                conflicts.add("the added token '" + token.content() + "' has the id " + token.id()
                        + " of the vocabulary's token '" + known + "'");
            }
        }
        return conflicts;
    }

    private void put(AddedToken token) {
        byId.put(token.id(), token);
        idByContent.put(token.content(), token.id());
    }

    /** Makes a token an added one: under its own id if the vocabulary has it, else behind all others. */
    private void append(String content) {
        if (!idByContent.containsKey(content)) {
            int known = model.id(content);
            if (known < 0 && (byId.containsKey(size) || !model.token(size).isEmpty())) {
                throw new CheckpointException(
                        folder + ": the tokenizer's ids have gaps, so that the missing token " + content
                                + " cannot be appended: id " + size + " is taken by '"
                                + (byId.containsKey(size) ? addedContent(size) : model.token(size)) + "'. "
                                + TokenizerFolder.REMEDY + ".");
            }
            put(AddedToken.plain(content, known >= 0 ? known : size++));
        }
    }

    /** Counts contents, not ids: an added token may rename one of the vocabulary. */
    private int distinctTokens() {
        int distinct = model.size();
        for (AddedToken token : byId.values()) {
            boolean renames = token.id() < model.size();
            if (!renames && model.id(token.content()) < 0) {
                distinct++;
            }
        }
        return distinct;
    }

    private void fillDerivedSets() {
        special.forEach(content -> specialIds.add(idByContent.get(content)));
        for (Map.Entry<String, Integer> token : idByContent.entrySet()) {
            boolean beyondVocabulary = additional.contains(token.getKey()) && token.getValue() >= model.size();
            if (beyondVocabulary || !special.contains(token.getKey())) {
                standAlone.add(token.getKey());
            }
        }
    }

    Collection<AddedToken> added() {
        return List.copyOf(byId.values());
    }

    /** Returns the content of an added token, or the empty string if the id is none. */
    String addedContent(int id) {
        AddedToken token = byId.get(id);
        return token == null ? "" : token.content();
    }

    /** Returns the id of an added token, or -1. */
    int addedId(String content) {
        return idByContent.getOrDefault(content, -1);
    }

    boolean isSpecial(int id) {
        return specialIds.contains(id);
    }

    boolean isSpecialContent(String content) {
        return special.contains(content);
    }

    /** Returns whether an added token is printed apart from the tokens around it. */
    boolean standsAlone(String content) {
        return standAlone.contains(content);
    }

    /** Returns the id of the token with a role such as {@code eos_token}, or -1. */
    int specialId(String role) {
        String content = roles.get(role);
        return content == null ? -1 : addedId(content);
    }

    int size() {
        return size;
    }

    int idLimit() {
        int added = byId.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
        return Math.max(model.idLimit(), added);
    }

    int numNewTokens() {
        return numNewTokens;
    }

    boolean addsBos() {
        return addsBos;
    }

    boolean cleansSpaces() {
        return cleansSpaces;
    }
}
