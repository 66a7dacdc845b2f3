package dev.mpo.eval.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * The file {@code prompts.json}: what depends on a data set's name. A rule applies if the name contains one of its
 * texts.
 */
final class PromptRules {

    private static final String FILE = "prompts.json";
    private static final JsonNode RULES = load();

    private PromptRules() {}

    private static JsonNode load() {
        try (InputStream in = PromptRules.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is missing from the build");
            }
            return new JsonMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a text. */
    static String text(String... path) {
        JsonNode node = RULES;
        for (String step : path) {
            node = node.path(step);
        }
        return node.asText();
    }

    /** Returns a number. */
    static int number(String name) {
        return RULES.path(name).asInt();
    }

    /** Returns the first rule of a list that applies to a name. */
    static Optional<JsonNode> rule(String list, String dataset) {
        return StreamSupport.stream(RULES.path(list).spliterator(), false)
                .filter(rule -> contains(rule.path("contains"), dataset))
                .findFirst();
    }

    /** Returns whether a name contains one of the texts of a list. */
    static boolean applies(String list, String dataset) {
        return contains(RULES.path(list), dataset);
    }

    /** Returns whether a name is one of a list. */
    static boolean isOne(String list, String dataset) {
        return texts(RULES.path(list)).contains(dataset);
    }

    private static boolean contains(JsonNode texts, String dataset) {
        return texts(texts).stream().anyMatch(dataset::contains);
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    /** Returns the type of a data set: by its name, else by its columns. */
    static BenchmarkType type(String dataset, List<String> columns) {
        return rule("types", dataset)
                .map(rule -> BenchmarkType.valueOf(rule.path("type").asText()))
                .orElse(columns.contains("A") && columns.contains("B") ? BenchmarkType.MCQ : BenchmarkType.OTHER);
    }
}
