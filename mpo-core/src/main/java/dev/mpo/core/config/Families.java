package dev.mpo.core.config;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The known families. */
final class Families {

    static final Family QWEN2 = new Qwen2();
    static final Family INTERNLM2 = new InternLm2();
    static final Family QWEN3 = new Qwen3();
    static final Family INTERNLM3 = new InternLm3();
    static final List<Family> BUILT_IN = List.of(QWEN2, INTERNLM2, QWEN3, INTERNLM3);

    private Families() {}

    private static List<Family> all() {
        List<Family> all = new ArrayList<>(BUILT_IN);
        ServiceLoader.load(AddedFamily.class, AddedFamily.class.getClassLoader())
                .forEach(all::add);
        return all;
    }

    static Family named(String name) {
        return all().stream()
                .filter(family -> family.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no family of language models is called " + name));
    }

    /** Returns the family that a language model's section describes. */
    static Family of(ConfigSection section) {
        return all().stream()
                .filter(family -> family.describes(section))
                .findFirst()
                .orElseThrow(
                        () -> section.wrong(
                                section.has("model_type")
                                                || section.node()
                                                        .path("architectures")
                                                        .path(0)
                                                        .asText("")
                                                        .isEmpty()
                                        ? "model_type"
                                        : "architectures",
                                expected(),
                                "Use an InternVL2.5, InternVL3 or InternVL3.5 model; those with a mixture of experts are not supported yet"));
    }

    private static String expected() {
        String types = all().stream().map(Family::modelType).collect(Collectors.joining(" or "));
        return types + " (llama for InternLM2 and InternLM3 in the transformers-native layout)";
    }
}
