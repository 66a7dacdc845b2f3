package dev.mpo.core.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the two layouts spell the same tensors: one table for what all models share and one for InternLM2, whose decoder
 * the transformers-native layout stores under Llama's names. The other decoders keep their own names in both layouts.
 *
 * <p>In a rule {@code #} stands for the index of a layer, {@code *} for {@code weight} or {@code bias}, {@code **} for
 * the rest of the name, and {@code @} for q, k and v: one packed tensor on the original side, three on the native one.
 */
final class NameRules {

    private static final List<Rule> SHARED = List.of(
            rule("vision_model.embeddings.class_embedding", "model.vision_tower.embeddings.cls_token"),
            rule(
                    "vision_model.embeddings.patch_embedding.*",
                    "model.vision_tower.embeddings.patch_embeddings.projection.*"),
            rule("vision_model.embeddings.position_embedding", "model.vision_tower.embeddings.position_embeddings"),
            vision("attn.qkv.*", "attention.@_proj.*"),
            vision("attn.q_norm.*", "attention.q_norm.*"),
            vision("attn.k_norm.*", "attention.k_norm.*"),
            vision("attn.proj.*", "attention.projection_layer.*"),
            vision("norm1.*", "layernorm_before.*"),
            vision("norm2.*", "layernorm_after.*"),
            vision("mlp.fc1.*", "mlp.fc1.*"),
            vision("mlp.fc2.*", "mlp.fc2.*"),
            vision("ls1", "lambda_1"),
            vision("ls2", "lambda_2"),
            rule("mlp1.0.*", "model.multi_modal_projector.layer_norm.*"),
            rule("mlp1.1.*", "model.multi_modal_projector.linear_1.*"),
            rule("mlp1.3.*", "model.multi_modal_projector.linear_2.*"));

    private static final List<Rule> INTERNLM2 = List.of(
            rule("language_model.output.weight", "lm_head.weight"),
            rule("language_model.model.tok_embeddings.weight", "model.language_model.embed_tokens.weight"),
            rule("language_model.model.norm.weight", "model.language_model.norm.weight"),
            decoder("attention.wqkv.*", "self_attn.@_proj.*"),
            decoder("attention.wo.*", "self_attn.o_proj.*"),
            decoder("feed_forward.w1.*", "mlp.gate_proj.*"),
            decoder("feed_forward.w3.*", "mlp.up_proj.*"),
            decoder("feed_forward.w2.*", "mlp.down_proj.*"),
            decoder("attention_norm.weight", "input_layernorm.weight"),
            decoder("ffn_norm.weight", "post_attention_layernorm.weight"));

    private static final List<Rule> OTHER_DECODERS = List.of(
            rule("language_model.lm_head.weight", "lm_head.weight"),
            rule("language_model.model.**", "model.language_model.**"));

    private final List<Rule> rules;

    private NameRules(List<Rule> rules) {
        this.rules = rules;
    }

    /** Returns the rules of a model, whose decoder either is InternLM2 or keeps its names. */
    static NameRules of(boolean internLm2) {
        List<Rule> rules = new ArrayList<>(SHARED);
        rules.addAll(internLm2 ? INTERNLM2 : OTHER_DECODERS);
        return new NameRules(List.copyOf(rules));
    }

    /**
     * A native tensor as part of an original one.
     *
     * @param original the original tensor's name
     * @param part 0, 1 or 2 for the queries, keys or values of a packed projection; -1 for the whole
     */
    record Part(String original, int part) {}

    /** Returns the native names of an original tensor: one, or three of a packed projection; none if it is unknown. */
    List<String> toNative(String original) {
        for (Rule rule : rules) {
            List<String> names = rule.toNative(original);
            if (!names.isEmpty()) {
                return names;
            }
        }
        return List.of();
    }

    /** Returns what a native tensor, in the current spelling, is in the original layout. */
    Optional<Part> toOriginal(String nativeName) {
        for (Rule rule : rules) {
            Optional<Part> part = rule.toOriginal(nativeName);
            if (part.isPresent()) {
                return part;
            }
        }
        return Optional.empty();
    }

    private static Rule rule(String original, String nativeName) {
        return new Rule(original, nativeName);
    }

    private static Rule vision(String original, String nativeName) {
        return rule("vision_model.encoder.layers.#." + original, "model.vision_tower.encoder.layer.#." + nativeName);
    }

    private static Rule decoder(String original, String nativeName) {
        return rule("language_model.model.layers.#." + original, "model.language_model.layers.#." + nativeName);
    }

    /** Two spellings of one name. */
    private static final class Rule {

        private final String original;
        private final Pattern originalPattern;
        private final List<String> nativeNames;
        private final List<Pattern> nativePatterns;

        Rule(String original, String nativeName) {
            this.original = original;
            this.originalPattern = pattern(original);
            this.nativeNames = nativeName.indexOf('@') < 0
                    ? List.of(nativeName)
                    : List.of(nativeName.replace('@', 'q'), nativeName.replace('@', 'k'), nativeName.replace('@', 'v'));
            this.nativePatterns = nativeNames.stream().map(Rule::pattern).toList();
        }

        List<String> toNative(String name) {
            Matcher matcher = originalPattern.matcher(name);
            return matcher.matches()
                    ? nativeNames.stream()
                            .map(spelling -> filled(spelling, matcher))
                            .toList()
                    : List.of();
        }

        Optional<Part> toOriginal(String name) {
            for (int i = 0; i < nativePatterns.size(); i++) {
                Matcher matcher = nativePatterns.get(i).matcher(name);
                if (matcher.matches()) {
                    return Optional.of(new Part(filled(original, matcher), nativePatterns.size() == 1 ? -1 : i));
                }
            }
            return Optional.empty();
        }

        /** A spelling with the layer and the rest of the name that a matched one had; both spellings hold the same. */
        private static String filled(String spelling, Matcher matched) {
            String name = spelling;
            int group = 0;
            for (String placeholder : List.of("#", "**", "*")) {
                if (name.contains(placeholder)) {
                    group++;
                    name = name.replace(placeholder, matched.group(group));
                }
            }
            return name;
        }

        private static Pattern pattern(String spelling) {
            return Pattern.compile(Pattern.quote(spelling)
                    .replace("#", "\\E(\\d+)\\Q")
                    .replace("**", "\\E(.+)\\Q")
                    .replace("*", "\\E(weight|bias)\\Q"));
        }
    }
}
