package dev.mpo.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Damage to JSON files that leaves most of them JSON: absurd and mistyped values, lost and doubled keys, other forms.
 */
public final class JsonMutations {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Values by their text, some of which are no JSON. */
    private static final List<String> VALUES = List.of(
            "0",
            "-1",
            "1",
            "2",
            "1000000",
            "2147483647",
            "-2147483648",
            "4294967296",
            "9223372036854775807",
            "99999999999999999999999999",
            "1e308",
            "1e999",
            "0.5",
            "1e-300",
            "NaN",
            "Infinity",
            "-Infinity",
            "null",
            "true",
            "\"\"",
            "\"1\"",
            "\"../../etc/passwd\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"qwen2_vl\"",
            "[]",
            "{}",
            "[1]",
            "[[[[1]]]]",
            "{\"a\": {\"a\": 1}}",
            "None",
            "'x'",
            "");

    private JsonMutations() {}

    /** Returns the bytes of a JSON file after one to three mutations; bytes that are no JSON are damaged as bytes. */
    public static byte[] damage(byte[] json, RandomGenerator random) {
        byte[] damaged = json;
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            damaged = once(damaged, random);
        }
        return damaged;
    }

    private static byte[] once(byte[] json, RandomGenerator random) {
        String text = new String(json, StandardCharsets.UTF_8);
        String result = switch (random.nextInt(12)) {
            case 0 -> "\uFEFF" + text;
            case 1 -> "[" + text + "]";
            case 2 -> text + text;
            case 3 -> text.replaceFirst("\\}\\s*$", ",}");
            case 4 -> "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n";
            case 5 -> text.replaceFirst(",", ",,");
            case 6 -> "[".repeat(1 + random.nextInt(20_000)) + text;
            default -> changed(text, random);
        };
        return result.getBytes(StandardCharsets.UTF_8);
    }

    /** Replaces, removes or doubles one value. */
    private static String changed(String text, RandomGenerator random) {
        try {
            JsonNode root = MAPPER.readTree(text);
            List<JsonNode> containers = new ArrayList<>();
            collect(root, containers);
            if (containers.isEmpty()) {
                return text;
            }
            String mark = "mark" + random.nextInt(1_000_000);
            change(containers.get(random.nextInt(containers.size())), mark, random);
            return root.toString().replace("\"" + mark + "\"", VALUES.get(random.nextInt(VALUES.size())));
        } catch (IOException e) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return new String(Mutations.once(bytes, random), StandardCharsets.UTF_8);
        }
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node != null && node.isContainerNode() && !node.isEmpty()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    private static void change(JsonNode container, String mark, RandomGenerator random) {
        int at = random.nextInt(container.size());
        if (container instanceof ArrayNode array) {
            array.set(at, mark);
            return;
        }
        ObjectNode object = (ObjectNode) container;
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        String key = keys.get(at);
        switch (random.nextInt(4)) {
            case 0 -> object.remove(key);
            case 1 -> object.put("another", mark);
            default -> object.put(key, mark);
        }
    }
}
