package dev.mpo.data.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.config.Family;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Qwen2's byte-level BPE: the text in Unicode's composed form, cut into words by a regular expression, each word's
 * bytes merged pair by pair.
 *
 * <p>The merging is done by the Hugging Face tokenizers library. It is given a definition made here from vocabulary and
 * merges alone, without added tokens and normaliser, because the library would look for added tokens before it
 * normalises the text and the original slow tokenizer does so afterwards.
 */
final class ByteLevelModel implements TextModel {

    private static final Logger LOG = LoggerFactory.getLogger(ByteLevelModel.class);

    /** Cuts text into contractions, words, single digits, punctuation and white space. */
    private static final String WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    /** Without these the library cuts texts at 512 tokens and adds tokens of its own. */
    private static final Map<String, String> OPTIONS =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

    private static final int MAX_SHOWN = 60;

    private final HuggingFaceTokenizer library;
    private final Map<String, Integer> ids;
    private final String[] tokens;

    private ByteLevelModel(HuggingFaceTokenizer library, Map<String, Integer> ids) {
        this.library = library;
        this.ids = ids;
        int last = ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
        this.tokens = new String[last + 1];
        Arrays.fill(tokens, "");
        ids.forEach((token, id) -> tokens[id] = token);
    }

    /** Reads {@code vocab.json} and {@code merges.txt}, or the vocabulary and merges inside {@code tokenizer.json}. */
    static ByteLevelModel load(TokenizerFolder files) {
        boolean slow = files.has("vocab.json") && files.has("merges.txt");
        if (!slow && !files.has("tokenizer.json")) {
            String absent = files.has("vocab.json") ? "merges.txt" : "vocab.json";
            throw files.missing(absent + " beside " + (files.has("vocab.json") ? "vocab.json" : "merges.txt")
                    + ", or tokenizer.json instead of both");
        }
        String file = slow ? "vocab.json" : "tokenizer.json";
        ObjectNode content = files.object(file);
        JsonNode vocabulary = slow ? content : content.path("model").path("vocab");
        JsonNode merges = slow ? merges(files) : content.path("model").path("merges");
        if (!vocabulary.isObject() || vocabulary.isEmpty() || !merges.isArray()) {
            throw files.damaged(file, "expected a byte-level BPE vocabulary with merges, found none");
        }
        Map<String, Integer> ids = ids(files, file, vocabulary);
        requireKnownTokens(files, slow ? "merges.txt" : file, merges, ids);
        warnAboutMissingBytes(files, file, ids);
        return new ByteLevelModel(open(files, slow ? "vocab.json with merges.txt" : file, vocabulary, merges), ids);
    }

    private static ArrayNode merges(TokenizerFolder files) {
        ArrayNode merges = TokenizerFolder.MAPPER.createArrayNode();
        List<String> lines = files.lines("merges.txt");
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || (i == 0 && line.startsWith("#version:"))) {
                continue;
            }
            String[] pair = line.split("\\s+", -1);
            if (pair.length != 2) {
                throw files.damaged("merges.txt", "line " + (i + 1) + ": expected two tokens, found '" + line + "'");
            }
            merges.add(pair[0] + " " + pair[1]);
        }
        return merges;
    }

    private static Map<String, Integer> ids(TokenizerFolder files, String file, JsonNode vocabulary) {
        Map<String, Integer> ids = new HashMap<>(vocabulary.size() * 2);
        Map<Integer, String> tokens = new HashMap<>(vocabulary.size() * 2);
        for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
            JsonNode value = entry.getValue();
            if (!value.isIntegralNumber()
                    || !value.canConvertToInt()
                    || value.intValue() < 0
                    || value.intValue() >= AddedToken.MAX_IDS) {
                throw files.damaged(
                        file,
                        "token '" + entry.getKey() + "' has the id " + shown(value)
                                + "; expected a whole number from 0 to " + (AddedToken.MAX_IDS - 1));
            }
            String other = tokens.put(value.intValue(), entry.getKey());
            if (other != null) {
                throw files.damaged(
                        file, "the tokens '" + other + "' and '" + entry.getKey() + "' have the same id " + value);
            }
            ids.put(entry.getKey(), value.intValue());
        }
        return ids;
    }

    /** Every merge joins two tokens of the vocabulary to a third one. */
    private static void requireKnownTokens(
            TokenizerFolder files, String file, JsonNode merges, Map<String, Integer> ids) {
        int number = 0;
        for (JsonNode merge : merges) {
            number++;
            List<String> pair = merge.isTextual()
                    ? List.of(merge.textValue().split(" ", -1))
                    : List.of(merge.path(0).asText(""), merge.path(1).asText(""));
            if (pair.size() != 2 || (merge.isArray() && merge.size() != 2)) {
                throw files.damaged(file, "merge " + number + ": expected two tokens, found '" + shown(merge) + "'");
            }
            for (String token : List.of(pair.get(0), pair.get(1), pair.get(0) + pair.get(1))) {
                if (!ids.containsKey(token)) {
                    throw files.damaged(
                            file,
                            "merge " + number + " (" + shown(merge) + ") needs the token '" + token
                                    + "', which the vocabulary lacks");
                }
            }
        }
    }

    private static String shown(JsonNode value) {
        String text = value.isTextual() ? value.textValue() : value.toString();
        return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text;
    }

    private static void warnAboutMissingBytes(TokenizerFolder files, String file, Map<String, Integer> ids) {
        List<Integer> missing = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            if (!ids.containsKey(String.valueOf(ByteSymbols.symbol(b)))) {
                missing.add(b);
            }
        }
        if (!missing.isEmpty()) {
            LOG.warn(
                    "{} has no token for {} of the 256 bytes (first: {}); text with these bytes loses them",
                    files.path(file),
                    missing.size(),
                    missing.get(0));
        }
    }

    private static HuggingFaceTokenizer open(
            TokenizerFolder files, String source, JsonNode vocabulary, JsonNode merges) {
        try (ByteArrayOutputStream json = new ByteArrayOutputStream()) {
            TokenizerFolder.MAPPER.writeValue(json, definition(vocabulary, merges));
            return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json.toByteArray()), OPTIONS);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("tokenizer definition", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            throw new CheckpointException(
                    files.path("") + ": the tokenizer library refuses " + source + ". " + TokenizerFolder.REMEDY + ".",
                    e);
        }
    }

    private static ObjectNode definition(JsonNode vocabulary, JsonNode merges) {
        ObjectNode root = TokenizerFolder.MAPPER.createObjectNode().put("version", "1.0");
        root.putNull("truncation").putNull("padding").putNull("normalizer").putNull("post_processor");
        root.putArray("added_tokens");
        ObjectNode sequence = root.putObject("pre_tokenizer").put("type", "Sequence");
        ArrayNode steps = sequence.putArray("pretokenizers");
        ObjectNode split = steps.addObject().put("type", "Split").put("behavior", "Isolated");
        split.put("invert", false).putObject("pattern").put("Regex", WORDS);
        byteLevel(steps.addObject());
        byteLevel(root.putObject("decoder"));
        ObjectNode bpe = root.putObject("model").put("type", "BPE").put("fuse_unk", false);
        bpe.putNull("dropout").putNull("unk_token").put("byte_fallback", false).put("ignore_merges", false);
        bpe.put("continuing_subword_prefix", "").put("end_of_word_suffix", "");
        bpe.set("vocab", vocabulary);
        bpe.set("merges", merges);
        return root;
    }

    private static void byteLevel(ObjectNode node) {
        node.put("type", "ByteLevel").put("add_prefix_space", false);
        node.put("trim_offsets", false).put("use_regex", false);
    }

    @Override
    public Family family() {
        return Family.QWEN2;
    }

    @Override
    public String normalize(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    @Override
    public int[] encode(String text) {
        long[] wide = library.encode(text, false, false).getIds();
        int[] narrow = new int[wide.length];
        for (int i = 0; i < wide.length; i++) {
            narrow[i] = Math.toIntExact(wide[i]);
        }
        return narrow;
    }

    @Override
    public int size() {
        return ids.size();
    }

    @Override
    public boolean allowsRenaming() {
        return false;
    }

    @Override
    public int idLimit() {
        return tokens.length;
    }

    @Override
    public int id(String token) {
        return ids.getOrDefault(token, -1);
    }

    @Override
    public String token(int id) {
        return id >= 0 && id < tokens.length ? tokens[id] : "";
    }

    @Override
    public byte[] bytes(int id) {
        return ByteSymbols.toBytes(token(id));
    }

    @Override
    public String separator() {
        return "";
    }

    @Override
    public String join(List<DecodedToken> run) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (DecodedToken token : run) {
            bytes.writeBytes(
                    token.added().isEmpty() ? bytes(token.id()) : token.added().getBytes(StandardCharsets.UTF_8));
        }
        return Utf8.decode(bytes.toByteArray(), bytes.size(), Utf8.Damage.PER_SEQUENCE);
    }

    @Override
    public void close() {
        library.close();
    }
}
