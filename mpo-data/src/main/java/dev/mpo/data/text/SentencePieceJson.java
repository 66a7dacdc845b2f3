package dev.mpo.data.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.CheckpointException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a SentencePiece vocabulary as {@code tokenizer.json}, which the tokenizers library reads without the model's
 * own python class: the same ids, merges in the order of the pieces' scores, bytes for what is unknown.
 */
public final class SentencePieceJson {

    private static final int BPE = 2;
    private static final int USER_DEFINED = 4;
    private static final int CONTROL = 3;
    private static final int UNKNOWN = 2;
    private static final int TEXT = 1;
    private static final String SPACE = "\u2581";

    private final List<Piece> pieces = new ArrayList<>();
    private final boolean[] normalizer = {true, true}; // a space in front, runs of spaces cut to one
    private byte[] characterMap = new byte[0];
    private long modelType = 1;

    private record Piece(String text, float score, int type) {}

    private record Merge(String left, String right, float score, int leftId, int rightId) {}

    private SentencePieceJson() {}

    /**
     * Returns {@code tokenizer.json} for the {@code tokenizer.model} and the added tokens in a folder.
     *
     * @throws CheckpointException if the file is no SentencePiece model of the byte-pair kind
     */
    public static ObjectNode of(Path folder) {
        TokenizerFolder files = new TokenizerFolder(folder);
        SentencePieceJson json = new SentencePieceJson();
        try {
            json.parse(files.bytes("tokenizer.model"));
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw files.damaged("tokenizer.model", "expected a SentencePiece model, " + e.getMessage());
        }
        if (json.modelType != BPE) {
            throw files.damaged(
                    "tokenizer.model", "expected a byte-pair model (type 2), found one of type " + json.modelType);
        }
        ObjectNode config = files.objectIfPresent("tokenizer_config.json");
        return json.build(added(files, config), config.path("add_bos_token").asBoolean(true));
    }

    private void parse(byte[] bytes) {
        SentencePieceProto.fields(ByteBuffer.wrap(bytes), (field, value, content) -> {
            switch (field) {
                case 1 -> pieces.add(piece(content));
                case 2 -> SentencePieceProto.fields(content, (f, v, c) -> modelType = f == 3 ? v : modelType);
                case 3 -> SentencePieceProto.fields(content, this::normalizerField);
                default -> {}
            }
        });
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("the file holds no pieces");
        }
    }

    private void normalizerField(int field, long value, ByteBuffer content) {
        if (field == 3 || field == 4) {
            normalizer[field - 3] = value != 0;
        } else if (field == 2) {
            characterMap = new byte[content.remaining()];
            content.duplicate().get(characterMap);
        }
    }

    private static Piece piece(ByteBuffer entry) {
        String[] text = {""};
        float[] score = {0};
        int[] type = {TEXT};
        SentencePieceProto.fields(entry, (field, value, content) -> {
            switch (field) {
                case 1 -> text[0] = SentencePieceProto.text(content);
                case 2 -> score[0] = Float.intBitsToFloat((int) value);
                case 3 -> type[0] = (int) value;
                default -> {}
            }
        });
        return new Piece(text[0], score[0], type[0]);
    }

    /** Returns the added tokens by id with their properties. */
    private static Map<Integer, ObjectNode> added(TokenizerFolder files, ObjectNode config) {
        Map<Integer, ObjectNode> tokens = new TreeMap<>();
        config.path("added_tokens_decoder")
                .properties()
                .forEach(entry -> tokens.put(
                        Integer.parseInt(entry.getKey()), entry.getValue().deepCopy()));
        files.objectIfPresent("added_tokens.json")
                .properties()
                .forEach(entry -> tokens.putIfAbsent(entry.getValue().asInt(), token(entry.getKey(), true)));
        return tokens;
    }

    private static ObjectNode token(String content, boolean special) {
        return TokenizerFolder.MAPPER
                .createObjectNode()
                .put("content", content)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", special);
    }

    private ObjectNode build(Map<Integer, ObjectNode> added, boolean addsBos) {
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            if (piece.type() == CONTROL || piece.type() == UNKNOWN || piece.type() == USER_DEFINED) {
                added.putIfAbsent(id, token(piece.text(), piece.type() != USER_DEFINED));
            }
        }
        ObjectNode root = TokenizerFolder.MAPPER.createObjectNode().put("version", "1.0");
        root.putNull("truncation");
        root.putNull("padding");
        ArrayNode tokens = root.putArray("added_tokens");
        added.forEach((id, token) -> {
            ObjectNode entry = TokenizerFolder.MAPPER.createObjectNode().put("id", id);
            tokens.add(entry.setAll(token));
        });
        normalizer(root);
        root.putNull("pre_tokenizer");
        postProcessor(root, addsBos);
        decoder(root);
        model(root, added);
        return root;
    }

    private void normalizer(ObjectNode root) {
        ArrayNode steps = root.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
        if (characterMap.length > 0) {
            steps.addObject()
                    .put("type", "Precompiled")
                    .put("precompiled_charsmap", Base64.getEncoder().encodeToString(characterMap));
        }
        if (normalizer[1]) {
            steps.addObject().put("type", "Strip").put("strip_left", true).put("strip_right", true);
            steps.addObject()
                    .put("type", "Replace")
                    .put("content", " ")
                    .putObject("pattern")
                    .put("Regex", " {2,}");
        }
        if (normalizer[0]) {
            steps.addObject().put("type", "Prepend").put("prepend", SPACE);
        }
        steps.addObject()
                .put("type", "Replace")
                .put("content", SPACE)
                .putObject("pattern")
                .put("String", " ");
    }

    private void postProcessor(ObjectNode root, boolean addsBos) {
        String start = "<s>";
        int id = -1;
        for (int i = 0; i < pieces.size() && id < 0; i++) {
            id = pieces.get(i).text().equals(start) ? i : -1;
        }
        if (!addsBos || id < 0) {
            root.putNull("post_processor");
            return;
        }
        ObjectNode post = root.putObject("post_processor").put("type", "TemplateProcessing");
        for (String key : List.of("single", "pair")) {
            ArrayNode parts = post.putArray(key);
            parts.addObject().putObject("SpecialToken").put("id", start).put("type_id", 0);
            parts.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
            if (key.equals("pair")) {
                parts.addObject().putObject("Sequence").put("id", "B").put("type_id", 1);
            }
        }
        ObjectNode special = post.putObject("special_tokens").putObject(start).put("id", start);
        special.putArray("ids").add(id);
        special.putArray("tokens").add(start);
    }

    private void decoder(ObjectNode root) {
        ArrayNode steps = root.putObject("decoder").put("type", "Sequence").putArray("decoders");
        steps.addObject()
                .put("type", "Replace")
                .put("content", " ")
                .putObject("pattern")
                .put("String", SPACE);
        steps.addObject().put("type", "ByteFallback");
        steps.addObject().put("type", "Fuse");
        if (normalizer[0]) {
            steps.addObject()
                    .put("type", "Strip")
                    .put("content", " ")
                    .put("start", 1)
                    .put("stop", 0);
        }
    }

    private void model(ObjectNode root, Map<Integer, ObjectNode> added) {
        ObjectNode model = root.putObject("model").put("type", "BPE");
        model.putNull("dropout");
        String unknown = pieces.stream()
                .filter(piece -> piece.type() == UNKNOWN)
                .map(Piece::text)
                .findFirst()
                .orElse("<unk>");
        model.put("unk_token", unknown);
        model.putNull("continuing_subword_prefix");
        model.putNull("end_of_word_suffix");
        model.put("fuse_unk", true).put("byte_fallback", true).put("ignore_merges", false);
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < pieces.size(); id++) {
            // A token may stand where the vocabulary has an unused piece; the library finds it by its text.
            ObjectNode token = added.get(id);
            vocabulary.put(
                    token == null
                            ? pieces.get(id).text()
                            : token.path("content").asText(),
                    id);
        }
        ArrayNode merges = model.putArray("merges");
        for (Merge merge : merges()) {
            merges.addArray().add(merge.left()).add(merge.right());
        }
    }

    /** Every way to make a piece of two others, the highest score first. */
    private List<Merge> merges() {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < pieces.size(); id++) {
            if (pieces.get(id).type() == TEXT) {
                ids.putIfAbsent(pieces.get(id).text(), id);
            }
        }
        List<Merge> merges = new ArrayList<>();
        for (Piece piece : pieces) {
            if (piece.type() != TEXT) {
                continue;
            }
            String text = piece.text();
            for (int cut = text.offsetByCodePoints(0, Math.min(1, text.length()));
                    cut < text.length();
                    cut = text.offsetByCodePoints(cut, 1)) {
                Integer left = ids.get(text.substring(0, cut));
                Integer right = ids.get(text.substring(cut));
                if (left != null && right != null) {
                    merges.add(new Merge(text.substring(0, cut), text.substring(cut), piece.score(), left, right));
                }
            }
        }
        merges.sort(Comparator.comparingDouble((Merge merge) -> -merge.score())
                .thenComparingInt(Merge::leftId)
                .thenComparingInt(Merge::rightId));
        return merges;
    }
}
