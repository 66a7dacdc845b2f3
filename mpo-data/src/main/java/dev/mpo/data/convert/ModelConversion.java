package dev.mpo.data.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.ConfigException;
import dev.mpo.core.safetensors.SafetensorsFolder;
import dev.mpo.core.safetensors.SafetensorsWriter;
import dev.mpo.core.safetensors.StoredType;
import dev.mpo.core.weights.FolderCarryOver;
import dev.mpo.core.weights.LayerCounts;
import dev.mpo.core.weights.Layout;
import dev.mpo.core.weights.LayoutConversion;
import dev.mpo.core.weights.PackedHeads;
import dev.mpo.data.text.SentencePieceJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a model folder of one layout into one of the other, tensor by tensor; never more than a piece of a tensor is in
 * memory.
 *
 * <p>What the native layout has no place for (python sources, the original {@code config.json} and tokenizer settings)
 * is kept in its sub-folder {@code original} and comes back from there when the folder is converted again.
 */
public final class ModelConversion {

    private static final String CONFIG = "config.json";
    private static final String GENERATION = "generation_config.json";
    private static final String KEPT = "original";
    private static final Set<String> TRANSLATED = Set.of(
            CONFIG,
            TokenizerFiles.CONFIG,
            ProcessorFiles.ORIGINAL,
            ProcessorFiles.NATIVE,
            ProcessorFiles.CHAT_TEMPLATE);
    private static final Set<String> NATIVE_ONLY =
            Set.of("video_preprocessor_config.json", "chat_template.json", ProcessorFiles.CHAT_TEMPLATE);

    private final Path source;
    private final Path target;
    private final SafetensorsFolder files;
    private final boolean tied;
    private final ObjectNode config;
    private final String where;
    private final List<String> kept = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * What a conversion did.
     *
     * @param from the layout of the source
     * @param tensors tensors written
     * @param kept files without a place in the new layout that were kept in the sub-folder {@code original}
     * @param leftOut files without a place in the new layout that were not carried over
     * @param notes what is missing from the new folder, with the remedy
     */
    public record Report(Layout from, int tensors, List<String> kept, List<String> leftOut, List<String> notes) {

        /** Copies the lists. */
        public Report {
            kept = List.copyOf(kept);
            leftOut = List.copyOf(leftOut);
            notes = List.copyOf(notes);
        }
    }

    private ModelConversion(Path source, Path target) {
        this.source = source;
        this.target = target;
        this.where = source.resolve(CONFIG).toString();
        this.config = ModelJson.read(source.resolve(CONFIG));
        this.files = SafetensorsFolder.read(source);
        this.tied = !LayoutConversion.storesHead(files);
    }

    /** Returns the layout of a model folder, as its {@code config.json} says. */
    public static Layout layout(Path folder) {
        return ModelJson.read(folder.resolve(CONFIG)).path("llm_config").isObject()
                ? Layout.ORIGINAL
                : Layout.TRANSFORMERS;
    }

    /**
     * Converts a model folder.
     *
     * @param source a complete model folder
     * @param layout the layout to write
     * @param target folder to write; created if absent
     * @throws ConfigException if the source is in that layout already
     * @throws CheckpointException if the source cannot be used or the target not be written
     */
    public static Report convert(Path source, Layout layout, Path target) {
        ModelConversion conversion = new ModelConversion(source, target);
        Layout from = LayoutConversion.layout(conversion.files);
        if (from != layout(source)) {
            throw new CheckpointException(source + ": the tensors are in the "
                    + (from == Layout.ORIGINAL ? "original" : "native")
                    + " layout, config.json in the other. Take config.json and the weights from the same place.");
        }
        if (from == layout) {
            throw new ConfigException(source + ": expected a model in the other layout, got one that is in "
                    + (layout == Layout.ORIGINAL ? "internvl" : "hf") + " already; copy the folder as it is");
        }
        try {
            Files.createDirectories(target);
            return from == Layout.ORIGINAL ? conversion.toNative() : conversion.toOriginal();
        } catch (IOException e) {
            throw new CheckpointException(target + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private Report toNative() throws IOException {
        TokenizerFiles tokenizer = TokenizerFiles.read(source);
        ObjectNode section = ConfigTranslation.section(config, "llm_config", where);
        String type = TextConfig.originalType(section, where);
        ObjectNode translated = ConfigTranslation.toNative(config, tied, tokenizer.imageTokenId(), storedType(), where);
        int tensors = LayoutConversion.write(
                files, type.equals(TextConfig.INTERNLM2), heads(section), layers(section), target);
        ModelJson.write(target.resolve(CONFIG), translated);
        keep(Path.of(CONFIG));
        writeNativeTokenizer(tokenizer, type.equals("gpt_oss"));
        ModelJson.write(
                target.resolve(ProcessorFiles.NATIVE),
                ProcessorFiles.nativeProcessor(
                        config,
                        ConfigTranslation.imageSize(config, where),
                        translated.path("image_seq_length").asInt()));
        for (Path file : FolderCarryOver.carried(source, target)) {
            String name = String.valueOf(file.getFileName());
            boolean top = file.getNameCount() == 1;
            if (top
                    && (name.endsWith(".py")
                            || name.equals(ProcessorFiles.ORIGINAL)
                            || name.equals(ProcessorFiles.CHAT_TEMPLATE))) {
                keep(file);
            } else if (!(top && TRANSLATED.contains(name))) {
                FolderCarryOver.copyFile(source.resolve(file), target.resolve(file));
            }
        }
        return new Report(Layout.ORIGINAL, tensors, kept, leftOut, notes);
    }

    private void writeNativeTokenizer(TokenizerFiles tokenizer, boolean harmony) throws IOException {
        Path file = source.resolve(TokenizerFiles.CONFIG);
        ObjectNode nativeConfig = tokenizer.nativeConfig(ModelJson.readIfPresent(file));
        ModelJson.write(target.resolve(TokenizerFiles.CONFIG), nativeConfig);
        if (Files.exists(file)) {
            keep(Path.of(TokenizerFiles.CONFIG));
        }
        if (tokenizer.hasSentencePiece() && !Files.exists(source.resolve(TokenizerFiles.FAST))) {
            ModelJson.write(target.resolve(TokenizerFiles.FAST), SentencePieceJson.of(source));
        }
        SafetensorsWriter.writeText(
                target.resolve(ProcessorFiles.CHAT_TEMPLATE),
                ProcessorFiles.chatTemplate(
                        harmony, nativeConfig.path("video_token").asText()));
        String end = harmony ? "<|return|>" : "<|im_end|>";
        if (!Files.exists(source.resolve(GENERATION)) && tokenizer.id(end) >= 0) {
            ModelJson.write(target.resolve(GENERATION), ModelJson.object().put("eos_token_id", tokenizer.id(end)));
        }
    }

    /** Keeps a file of the original layout in the native folder. */
    private void keep(Path file) throws IOException {
        FolderCarryOver.copyFile(source.resolve(file), target.resolve(KEPT).resolve(file));
        kept.add(file.toString());
    }

    private Report toOriginal() throws IOException {
        ObjectNode base = ModelJson.readIfPresent(source.resolve(KEPT).resolve(CONFIG));
        ObjectNode section = ConfigTranslation.section(config, "text_config", where);
        String type = base.path("llm_config") instanceof ObjectNode old
                ? TextConfig.originalType(
                        old, source.resolve(KEPT).resolve(CONFIG).toString())
                : TextConfig.nativeType(section, where);
        ObjectNode translated = ConfigTranslation.toOriginal(config, base, type, tied, where);
        ProcessorFiles.copyTileLimits(
                ModelJson.readIfPresent(source.resolve(ProcessorFiles.NATIVE)),
                ModelJson.readIfPresent(source.resolve(ProcessorFiles.ORIGINAL)),
                translated);
        int tensors = LayoutConversion.write(
                files, type.equals(TextConfig.INTERNLM2), heads(section), layers(section), target);
        ModelJson.write(target.resolve(CONFIG), translated);
        for (Path file : FolderCarryOver.carried(source, target)) {
            carryToOriginal(file);
        }
        writeOriginalTokenizer(type);
        if (!Files.exists(target.resolve(ProcessorFiles.ORIGINAL))) {
            ModelJson.write(
                    target.resolve(ProcessorFiles.ORIGINAL),
                    ProcessorFiles.originalProcessor(ConfigTranslation.imageSize(translated, where)));
        }
        if (!Files.exists(target.resolve("modeling_internvl_chat.py"))) {
            notes.add("the python sources of the original layout (configuration_*.py, modeling_*.py,"
                    + " conversation.py) are not in the source: copy them from the published original model if"
                    + " AutoModel shall load the folder with trust_remote_code; InternVL's own code and this program"
                    + " need none");
        }
        return new Report(Layout.TRANSFORMERS, tensors, kept, leftOut, notes);
    }

    private void carryToOriginal(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (file.startsWith(KEPT)) {
            Path own = file.subpath(1, file.getNameCount());
            if (!own.equals(Path.of(CONFIG)) && !own.equals(Path.of(TokenizerFiles.CONFIG))) {
                FolderCarryOver.copyFile(source.resolve(file), target.resolve(own));
            }
        } else if (file.getNameCount() > 1 || !(TRANSLATED.contains(name) || NATIVE_ONLY.contains(name))) {
            FolderCarryOver.copyFile(source.resolve(file), target.resolve(file));
        } else if (NATIVE_ONLY.contains(name) || name.equals(ProcessorFiles.NATIVE)) {
            leftOut.add(name);
        }
    }

    /** The original settings come back if nothing has changed them since; otherwise they are made anew. */
    private void writeOriginalTokenizer(String type) throws IOException {
        TokenizerFiles tokenizer = TokenizerFiles.read(source);
        ObjectNode now = ModelJson.readIfPresent(source.resolve(TokenizerFiles.CONFIG));
        Path before = source.resolve(KEPT).resolve(TokenizerFiles.CONFIG);
        ObjectNode original;
        if (Files.exists(before)
                && tokenizer.nativeConfig(ModelJson.read(before)).equals(now)) {
            FolderCarryOver.copyFile(before, target.resolve(TokenizerFiles.CONFIG));
            original = ModelJson.read(before);
        } else {
            original = tokenizer.originalConfig(now, type);
            ModelJson.write(target.resolve(TokenizerFiles.CONFIG), original);
        }
        tokenizer.writeOriginalVocabulary(original, target);
    }

    /** Returns PyTorch's name of the number format that most of the weights are stored in. */
    private String storedType() {
        Map<StoredType, Long> bytes = new EnumMap<>(StoredType.class);
        files.tensors()
                .values()
                .forEach(tensor ->
                        bytes.merge(tensor.info().type(), tensor.info().numBytes(), Long::sum));
        StoredType most =
                Collections.max(bytes.entrySet(), Map.Entry.comparingByValue()).getKey();
        return switch (most) {
            case F32 -> "float32";
            case F16 -> "float16";
            default -> "bfloat16";
        };
    }

    private LayerCounts layers(ObjectNode section) {
        return new LayerCounts(
                positive(ConfigTranslation.section(config, "vision_config", where), "num_hidden_layers", 0),
                positive(section, "num_hidden_layers", 0));
    }

    private PackedHeads heads(ObjectNode section) {
        int heads = positive(section, "num_attention_heads", 0);
        int keys = positive(section, "num_key_value_heads", heads);
        int dim = positive(section, "head_dim", positive(section, "hidden_size", 0) / heads);
        return new PackedHeads(heads, keys, dim);
    }

    private int positive(ObjectNode section, String key, int fallback) {
        JsonNode value = section.path(key);
        int number = value.isMissingNode() || value.isNull() ? fallback : value.asInt(0);
        if (number < 1) {
            throw new CheckpointException(where + ": key " + key + ": expected a whole number of 1 or more, got "
                    + (value.isMissingNode() ? "nothing" : value)
                    + ". Take config.json from the same place as the weights.");
        }
        return number;
    }
}
