package dev.mpo.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.folder.ModelFolderDiagnosis;
import dev.mpo.core.json.JsonFile;
import dev.mpo.core.safetensors.SafetensorsFolder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads config.json: finds out which layout it is in and gathers the records. */
final class ModelConfigReader {

    private static final String REMEDY = "Take config.json from the published checkpoint again.";

    private ModelConfigReader() {}

    static ModelConfig load(Path folder) {
        Path file = folder.resolve("config.json");
        if (!Files.isDirectory(folder) || !Files.exists(file)) {
            throw ModelFolderDiagnosis.withoutConfig(folder);
        }
        ModelConfig config = parse(file.toString(), JsonFile.object(file, REMEDY));
        return SafetensorsFolder.isPresentIn(folder) ? untieStoredHead(config, folder) : config;
    }

    /** A head that is stored is the model's own, whatever the configuration says about tying. */
    private static ModelConfig untieStoredHead(ModelConfig config, Path folder) {
        LanguageConfig language = config.language();
        if (!language.tieWordEmbeddings()) {
            return config;
        }
        boolean stored = SafetensorsFolder.read(folder).tensors().keySet().stream()
                .anyMatch(name -> name.endsWith("lm_head.weight") || name.equals("language_model.output.weight"));
        return config.withLanguage(language.withTieWordEmbeddings(!stored));
    }

    /** Reads the text of a config.json that comes with this program. */
    static ModelConfig parse(String file, String json) {
        return parse(file, JsonFile.object(Path.of(file), json.getBytes(StandardCharsets.UTF_8), REMEDY));
    }

    private static ModelConfig parse(String file, JsonNode root) {
        ConfigSection top = new ConfigSection(file, "", root);
        boolean original = top.section("llm_config").isPresent();
        boolean nativeLayout = top.section("text_config").isPresent();
        String type = top.text("model_type").orElse("internvl");
        if (original == nativeLayout || !type.startsWith("internvl") || !top.has("vision_config")) {
            throw new CheckpointException(file + ": " + ModelFolderDiagnosis.otherModel(root));
        }
        ModelConfig config = original ? original(top) : transformersNative(top);
        validate(top, config);
        return config;
    }

    private static ModelConfig original(ConfigSection top) {
        VisionConfig vision = VisionConfigReader.original(top.requiredSection("vision_config"));
        top.expectText("ps_version", "v1", "v2");
        LanguageConfig language = LanguageConfigReader.read(top.requiredSection("llm_config"));
        return new ModelConfig(
                vision,
                language,
                top.positiveDoubleOr("downsample_ratio", 0.5),
                top.text("ps_version").orElse("v1").equals("v2") ? 2 : 1,
                top.intOr("select_layer", -1),
                top.text("template").orElse(language.family().template()),
                top.positiveIntOr("force_image_size", vision.imageSize()),
                top.flagOr("dynamic_image_size", false),
                top.flagOr("use_thumbnail", false),
                top.positiveIntOr("min_dynamic_patch", 1),
                top.positiveIntOr("max_dynamic_patch", 6));
    }

    private static ModelConfig transformersNative(ConfigSection top) {
        VisionConfig vision = VisionConfigReader.transformersNative(top.requiredSection("vision_config"));
        top.expectText("projector_hidden_act", "gelu");
        top.expectText("vision_feature_select_strategy", "default");
        ConfigSection text = top.requiredSection("text_config");
        LanguageConfig language = LanguageConfigReader.read(text);
        if (!text.has("tie_word_embeddings")) {
            // The wrapper's class default is true; the stored head, if there is one, decides otherwise.
            language = language.withTieWordEmbeddings(top.flagOr("tie_word_embeddings", true));
        }
        return new ModelConfig(
                vision,
                language,
                top.positiveDoubleOr("downsample_ratio", 0.5),
                2,
                top.intOr("vision_feature_layer", -1),
                language.family().template(),
                vision.imageSize(),
                true,
                true,
                1,
                12);
    }

    private static void validate(ConfigSection top, ModelConfig config) {
        SizeLimits.requirePossible(top, config);
        VisionConfig vision = config.vision();
        int patchesPerToken = config.mergedPatchesPerSide();
        if (Math.abs(patchesPerToken * config.downsampleRatio() - 1.0) > 1e-9) {
            throw top.wrong("downsample_ratio", "one over a whole number, such as 0.5");
        }
        int unit = vision.patchSize() * patchesPerToken;
        if (config.imageSize() % unit != 0) {
            throw top.wrong("force_image_size", "a multiple of patch size x merged patches (" + unit + ")");
        }
        int layer = config.selectLayer();
        if (layer > vision.numLayers() || layer < -vision.numLayers() - 1) {
            throw top.wrong("select_layer", "a layer of the vision tower, which has " + vision.numLayers());
        }
        if (config.minDynamicPatch() > config.maxDynamicPatch()) {
            throw top.wrong("min_dynamic_patch", "at most max_dynamic_patch (" + config.maxDynamicPatch() + ")");
        }
    }
}
