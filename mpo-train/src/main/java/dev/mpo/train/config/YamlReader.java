package dev.mpo.train.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Reads YAML with line numbers, resolving plain scalars as YAML 1.2's core schema does.
 *
 * <p>The usual Java bindings follow YAML 1.1, where {@code 1e-6} is text and {@code yes} is true; both would surprise
 * whoever writes a learning rate. Duplicate keys, anchors that contain themselves, and tags are refused.
 */
final class YamlReader {

    private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]{1,40}");
    private static final Pattern DECIMAL = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?");
    private static final int MAX_DEPTH = 32;

    private final String name;
    private final Map<String, Integer> lines = new HashMap<>();
    private final Problems problems;

    private YamlReader(String name, Problems problems) {
        this.name = name;
        this.problems = problems;
    }

    /** Parses a document; a syntax error becomes a problem and the result is then empty. */
    static ParsedFile read(String name, String text, Problems problems) {
        YamlReader reader = new YamlReader(name, problems);
        JsonNode root = JsonNodeFactory.instance.objectNode();
        try {
            Node node = new Yaml(new LoaderOptions()).compose(new StringReader(text));
            if (node != null) {
                root = reader.convert(node, "", 0);
            }
        } catch (MarkedYAMLException e) {
            problems.addGeneral(reader.at(e), "not valid YAML: " + e.getProblem());
        } catch (YAMLException e) {
            problems.addGeneral(name, "not valid YAML: " + e.getMessage());
        }
        return new ParsedFile(name, root, reader.lines);
    }

    private String at(MarkedYAMLException e) {
        return e.getProblemMark() == null
                ? name
                : name + ":" + (e.getProblemMark().getLine() + 1);
    }

    private JsonNode convert(Node node, String path, int depth) {
        lines.putIfAbsent(path, line(node));
        if (depth > MAX_DEPTH) {
            throw new YAMLException("nested more than " + MAX_DEPTH + " levels deep at " + path);
        }
        if (node.getTag().getValue().startsWith("!")) {
            problems.add(
                    path, name + ":" + line(node), "tags such as " + node.getTag() + " are not allowed; remove it");
        }
        if (node instanceof MappingNode mapping) {
            return convertMapping(mapping, path, depth);
        }
        if (node instanceof SequenceNode sequence) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            for (Node element : sequence.getValue()) {
                array.add(convert(element, path + "[" + array.size() + "]", depth + 1));
            }
            return array;
        }
        return convertScalar((ScalarNode) node);
    }

    private ObjectNode convertMapping(MappingNode mapping, String path, int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (NodeTuple tuple : mapping.getValue()) {
            Node keyNode = tuple.getKeyNode();
            if (!(keyNode instanceof ScalarNode scalar)) {
                problems.add(path, name + ":" + line(keyNode), "expected text as a key, got a list or mapping");
                continue;
            }
            String key = scalar.getValue();
            String child = Schema.child(path, key);
            if (object.has(key)) {
                problems.add(
                        child,
                        name + ":" + line(keyNode),
                        "set twice, first on line " + lines.get(child) + "; remove one");
                continue;
            }
            lines.put(child, line(keyNode));
            object.set(key, convert(tuple.getValueNode(), child, depth + 1));
        }
        return object;
    }

    private static JsonNode convertScalar(ScalarNode scalar) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        String text = scalar.getValue();
        JsonNode resolved = scalar.getScalarStyle() == DumperOptions.ScalarStyle.PLAIN ? resolve(text) : null;
        return resolved == null ? nodes.textNode(text) : resolved;
    }

    /** The number, truth value or null that an unquoted text stands for; null if it is just text. */
    private static @Nullable JsonNode resolve(String text) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (text) {
            case "", "~", "null", "Null", "NULL" -> nodes.nullNode();
            case "true", "True", "TRUE" -> nodes.booleanNode(true);
            case "false", "False", "FALSE" -> nodes.booleanNode(false);
            default -> {
                if (WHOLE.matcher(text).matches()) {
                    yield nodes.numberNode(new BigInteger(text));
                }
                yield DECIMAL.matcher(text).matches() ? nodes.numberNode(Double.parseDouble(text)) : null;
            }
        };
    }

    private static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }
}
