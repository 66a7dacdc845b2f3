package dev.mpo.data.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * What the image preparation of either layout is called in its files. The native processor resizes by another library
 * and differs from the original in up to 1 % of the values, by one level of 255; the settings are the same.
 */
final class ProcessorFiles {

    static final String NATIVE = "processor_config.json";
    static final String ORIGINAL = "preprocessor_config.json";
    static final String CHAT_TEMPLATE = "chat_template.jinja";

    private static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);
    private static final List<Double> DEVIATION = List.of(0.229, 0.224, 0.225);

    private static final String CHATML = """
            {%% for message in messages %%}{{'<|im_start|>' + message['role'] + '
            '}}{%% if message['content'] is string %%}{{ message['content'] }}{%% else %%}\
            {%% for content in message['content'] %%}{%% if content['type'] == 'image' %%}{{ '<IMG_CONTEXT>
            ' }}{%% elif content['type'] == 'video' %%}{{ '%1$s
            ' }}{%% elif content['type'] == 'text' %%}{{ content['text'] }}{%% endif %%}{%% endfor %%}{%% endif %%}\
            {{'<|im_end|>
            '}}{%% endfor %%}{%% if add_generation_prompt %%}{{'<|im_start|>assistant
            ' }}{%% endif %%}
            """;

    private static final String HARMONY = """
            {%% for message in messages %%}{{'<|start|>' + message['role']}}\
            {%% if message['role'] == 'assistant' %%}{{'<|channel|>final'}}{%% endif %%}{{'<|message|>'}}\
            {%% if message['content'] is string %%}{{ message['content'] }}{%% else %%}\
            {%% for content in message['content'] %%}{%% if content['type'] == 'image' %%}{{ '<IMG_CONTEXT>
            ' }}{%% elif content['type'] == 'video' %%}{{ '%1$s
            ' }}{%% elif content['type'] == 'text' %%}{{ content['text'] }}{%% endif %%}{%% endfor %%}{%% endif %%}\
            {%% if message['role'] == 'assistant' %%}{{'<|return|>'}}{%% else %%}{{'<|end|>'}}{%% endif %%}\
            {%% endfor %%}{%% if add_generation_prompt %%}{{'<|start|>assistant'}}{%% endif %%}
            """;

    private ProcessorFiles() {}

    /** Returns the native chat template, which has no default system message. */
    static String chatTemplate(boolean harmony, String videoToken) {
        return String.format(harmony ? HARMONY : CHATML, videoToken).stripTrailing();
    }

    /**
     * Returns {@code processor_config.json}. Frames of a video are normalised like images, as the original model does;
     * the native class alone would take other values.
     */
    static ObjectNode nativeProcessor(ObjectNode original, int imageSize, int tokensPerTile) {
        ObjectNode root = ModelJson.object();
        ObjectNode image = common(imageSize)
                .put("crop_to_patches", original.path("dynamic_image_size").asBoolean(true))
                .put("image_processor_type", "GotOcr2ImageProcessor")
                .put("max_patches", original.path("max_dynamic_patch").asInt(12))
                .put("min_patches", original.path("min_dynamic_patch").asInt(1));
        root.set("image_processor", image);
        root.put("image_seq_length", tokensPerTile);
        root.put("processor_class", "InternVLProcessor");
        ObjectNode video = common(imageSize)
                .put("do_sample_frames", false)
                .put("initial_shift", true)
                .put("return_metadata", false)
                .put("video_processor_type", "InternVLVideoProcessor");
        root.set("video_processor", video);
        return root;
    }

    private static ObjectNode common(int imageSize) {
        ObjectNode node = ModelJson.object()
                .put("do_convert_rgb", true)
                .put("do_normalize", true)
                .put("do_rescale", true)
                .put("do_resize", true)
                .put("resample", 3)
                .put("rescale_factor", 1 / 255.0);
        addAll(node.putArray("image_mean"), MEAN);
        addAll(node.putArray("image_std"), DEVIATION);
        node.putObject("size").put("height", imageSize).put("width", imageSize);
        return node;
    }

    private static void addAll(ArrayNode array, List<Double> values) {
        values.forEach(array::add);
    }

    /** Returns {@code preprocessor_config.json} of the original layout. */
    static ObjectNode originalProcessor(int imageSize) {
        ObjectNode node = ModelJson.object()
                .put("crop_size", imageSize)
                .put("do_center_crop", true)
                .put("do_normalize", true)
                .put("do_resize", true)
                .put("feature_extractor_type", "CLIPFeatureExtractor");
        addAll(node.putArray("image_mean"), MEAN);
        addAll(node.putArray("image_std"), DEVIATION);
        return node.put("resample", 3).put("size", imageSize);
    }

    /** Sets the limits of tiles in an original configuration from the native processor's files, new style or old. */
    static void copyTileLimits(ObjectNode processor, ObjectNode oldStyle, ObjectNode config) {
        JsonNode image = processor.path("image_processor").isObject() ? processor.path("image_processor") : oldStyle;
        if (image.path("max_patches").canConvertToInt()) {
            config.set("max_dynamic_patch", image.get("max_patches"));
        }
        if (image.path("min_patches").canConvertToInt()) {
            config.set("min_dynamic_patch", image.get("min_patches"));
        }
    }
}
