package dev.mpo.data.synth;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The size of a nano InternVL (InternViT tower, projector, Qwen2 decoder) and the configuration files that describe it
 * to any program that loads checkpoints in the original layout.
 *
 * @param imageSize side of a tile in pixels, a multiple of twice the patch size
 * @param patchSize side of a vision patch in pixels
 * @param visionHiddenSize width of the vision tower
 * @param visionIntermediateSize width inside the tower's feed-forward blocks
 * @param visionLayers layers of the tower
 * @param visionHeads attention heads of the tower
 * @param hiddenSize width of the language model
 * @param intermediateSize width inside the language model's feed-forward blocks
 * @param layers layers of the language model
 * @param heads query heads of the language model
 * @param keyValueHeads key and value heads of the language model
 */
public record NanoModelConfig(
        int imageSize,
        int patchSize,
        int visionHiddenSize,
        int visionIntermediateSize,
        int visionLayers,
        int visionHeads,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int keyValueHeads) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ARCHITECTURE = "InternVLChatModel";
    private static final int MAX_POSITIONS = 4096;

    /** Checks that the sizes fit each other. */
    public NanoModelConfig {
        if (imageSize % (2 * patchSize) != 0) {
            throw new IllegalArgumentException(
                    "image size " + imageSize + " is no multiple of twice the patch size " + patchSize);
        }
        if (visionHiddenSize % visionHeads != 0 || hiddenSize % heads != 0 || heads % keyValueHeads != 0) {
            throw new IllegalArgumentException("heads must divide widths, and key-value heads the query heads");
        }
    }

    /** Returns the demo's model: about 0.6 million parameters, four visual tokens per tile of 56 pixels. */
    public static NanoModelConfig defaults() {
        return new NanoModelConfig(56, 14, 64, 128, 3, 4, 96, 256, 3, 4, 2);
    }

    /** Writes {@code config.json}, {@code generation_config.json} and {@code preprocessor_config.json}. */
    void write(Path folder, NanoTokenizerWriter.Written tokenizer) {
        try {
            Files.createDirectories(folder);
            writeJson(folder.resolve("config.json"), config(tokenizer));
            writeJson(folder.resolve("generation_config.json"), generationConfig(tokenizer));
            writeJson(folder.resolve("preprocessor_config.json"), preprocessorConfig());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the model configuration to " + folder, e);
        }
    }

    private ObjectNode config(NanoTokenizerWriter.Written tokenizer) {
        ObjectNode config = JSON.createObjectNode();
        config.putArray("architectures").add(ARCHITECTURE);
        ObjectNode autoMap = config.putObject("auto_map");
        autoMap.put("AutoConfig", "configuration_internvl_chat.InternVLChatConfig");
        autoMap.put("AutoModel", "modeling_internvl_chat.InternVLChatModel");
        autoMap.put("AutoModelForCausalLM", "modeling_internvl_chat.InternVLChatModel");
        config.put("model_type", "internvl_chat");
        config.put("downsample_ratio", 0.5);
        config.put("dynamic_image_size", true);
        config.put("force_image_size", imageSize);
        config.put("hidden_size", hiddenSize);
        config.put("min_dynamic_patch", 1);
        config.put("max_dynamic_patch", 2);
        config.put("pad2square", false);
        config.put("ps_version", "v2");
        config.put("select_layer", -1);
        config.put("template", NanoCheckpoint.TEMPLATE);
        config.put("tie_word_embeddings", false);
        config.put("torch_dtype", "float32");
        config.put("use_backbone_lora", 0);
        config.put("use_llm_lora", 0);
        config.put("use_thumbnail", true);
        config.set("llm_config", languageConfig(tokenizer));
        config.set("vision_config", visionConfig());
        return config;
    }

    private ObjectNode languageConfig(NanoTokenizerWriter.Written tokenizer) {
        ObjectNode config = JSON.createObjectNode();
        config.putArray("architectures").add("Qwen2ForCausalLM");
        config.put("model_type", "qwen2");
        config.put("attention_dropout", 0.0);
        config.put("attn_implementation", "eager");
        config.put("bos_token_id", tokenizer.padTokenId());
        config.put("eos_token_id", tokenizer.endOfTurnTokenId());
        config.put("hidden_act", "silu");
        config.put("hidden_size", hiddenSize);
        config.put("initializer_range", NanoCheckpoint.WEIGHT_DEVIATION);
        config.put("intermediate_size", intermediateSize);
        config.put("max_position_embeddings", MAX_POSITIONS);
        config.put("max_window_layers", layers);
        config.put("num_attention_heads", heads);
        config.put("num_hidden_layers", layers);
        config.put("num_key_value_heads", keyValueHeads);
        config.put("rms_norm_eps", 1e-6);
        config.put("rope_theta", 1e6);
        config.put("sliding_window", MAX_POSITIONS);
        config.put("tie_word_embeddings", false);
        config.put("torch_dtype", "float32");
        config.put("use_cache", true);
        config.put("use_sliding_window", false);
        config.put("vocab_size", tokenizer.vocabSize());
        return config;
    }

    private ObjectNode visionConfig() {
        ObjectNode config = JSON.createObjectNode();
        config.putArray("architectures").add("InternVisionModel");
        config.put("model_type", "intern_vit_6b");
        config.put("attention_dropout", 0.0);
        config.put("drop_path_rate", 0.0);
        config.put("dropout", 0.0);
        config.put("hidden_act", "gelu");
        config.put("hidden_size", visionHiddenSize);
        config.put("image_size", imageSize);
        config.put("initializer_factor", NanoCheckpoint.LAYER_SCALE);
        config.put("initializer_range", NanoCheckpoint.WEIGHT_DEVIATION);
        config.put("intermediate_size", visionIntermediateSize);
        config.put("layer_norm_eps", 1e-6);
        config.put("norm_type", "layer_norm");
        config.put("num_attention_heads", visionHeads);
        config.put("num_channels", 3);
        config.put("num_hidden_layers", visionLayers);
        config.put("patch_size", patchSize);
        config.put("qk_normalization", false);
        config.put("qkv_bias", true);
        config.put("torch_dtype", "float32");
        config.put("use_flash_attn", false);
        return config;
    }

    private static ObjectNode generationConfig(NanoTokenizerWriter.Written tokenizer) {
        ObjectNode config = JSON.createObjectNode();
        config.putArray("eos_token_id").add(tokenizer.endOfTurnTokenId());
        config.put("pad_token_id", tokenizer.padTokenId());
        return config;
    }

    private ObjectNode preprocessorConfig() {
        ObjectNode config = JSON.createObjectNode();
        config.put("crop_size", imageSize);
        config.put("do_center_crop", true);
        config.put("do_normalize", true);
        config.put("do_resize", true);
        config.put("feature_extractor_type", "CLIPFeatureExtractor");
        config.putArray("image_mean").add(0.485).add(0.456).add(0.406);
        config.putArray("image_std").add(0.229).add(0.224).add(0.225);
        config.put("resample", 3);
        config.put("size", imageSize);
        return config;
    }

    private static void writeJson(Path file, ObjectNode value) throws IOException {
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n");
    }
}
