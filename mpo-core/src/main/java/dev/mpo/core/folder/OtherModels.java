package dev.mpo.core.folder;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;

/** Names the kind of model that a config.json describes, where it is none of InternVL's. */
final class OtherModels {

    private static final String REMEDY =
            "mpo trains InternVL2.5, InternVL3 and InternVL3.5, in their original and their"
                    + " -hf form: use one of these, such as OpenGVLab/InternVL2_5-1B";

    /** Vision-language models and parts of InternVL by the beginning of their model_type. */
    private static final Map<String, String> BY_TYPE = Map.ofEntries(
            Map.entry("qwen2_5_vl", "a Qwen2.5-VL model"),
            Map.entry("qwen2_vl", "a Qwen2-VL model"),
            Map.entry("qwen3_vl", "a Qwen3-VL model"),
            Map.entry("llava", "a LLaVA model"),
            Map.entry("bunny", "a Bunny model"),
            Map.entry("idefics", "an Idefics model"),
            Map.entry("smolvlm", "a SmolVLM model"),
            Map.entry("paligemma", "a PaliGemma model"),
            Map.entry("gemma3", "a Gemma 3 model"),
            Map.entry("mllama", "a Llama 3.2 Vision model"),
            Map.entry("minicpmv", "a MiniCPM-V model"),
            Map.entry("phi3_v", "a Phi-3.5-vision model"),
            Map.entry("deepseek_vl", "a DeepSeek-VL model"),
            Map.entry("internlmxcomposer", "an InternLM-XComposer model"),
            Map.entry("intern_vit", "InternVL's vision tower alone, without projector and language model"),
            Map.entry("internvl_vision", "InternVL's vision tower alone, without projector and language model"),
            Map.entry("clip", "a CLIP model"),
            Map.entry("siglip", "a SigLIP model"));

    private OtherModels() {}

    static String describe(JsonNode config) {
        String type = config.path("model_type").asText("");
        String architecture = config.path("architectures").path(0).asText("");
        String key = type.toLowerCase(Locale.ROOT).replace('-', '_');
        String what = BY_TYPE.entrySet().stream()
                .filter(known -> key.startsWith(known.getKey()))
                .max(Map.Entry.comparingByKey((a, b) -> Integer.compare(a.length(), b.length())))
                .map(Map.Entry::getValue)
                .orElseGet(() -> byArchitecture(config, type, architecture));
        String named = type.isEmpty() && architecture.isEmpty()
                ? ""
                : " (model_type " + (type.isEmpty() ? "not given" : shortened(type))
                        + (architecture.isEmpty() ? "" : ", architecture " + shortened(architecture)) + ")";
        return "is no config.json of an InternVL model: it describes " + what + named
                + "; expected llm_config or text_config with a vision_config. " + REMEDY + ".";
    }

    private static String byArchitecture(JsonNode config, String type, String architecture) {
        if (config.has("peft_type")) {
            return "LoRA adapters, which must be given beside their model";
        }
        if (type.isEmpty() && architecture.isEmpty()) {
            return "no model at all (it has no model_type)";
        }
        boolean seesImages = config.has("vision_config") || config.has("vision_tower") || config.has("visual");
        if (!seesImages && (architecture.endsWith("ForCausalLM") || config.has("vocab_size"))) {
            return "a language model alone, without vision tower and projector";
        }
        return "a model of another architecture";
    }

    private static String shortened(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "..." : text;
    }
}
