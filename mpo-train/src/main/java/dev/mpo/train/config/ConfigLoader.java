package dev.mpo.train.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Builds a {@link RunConfig} from layers: the defaults, then files and single settings in the order of the calls, later
 * ones winning.
 *
 * <p>Mappings merge, everything else, lists included, replaces. Problems are collected until {@link #load}, which
 * throws one exception that names all of them.
 */
public final class ConfigLoader {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final String DEFAULTS = "defaults.yaml";

    private final Problems problems = new Problems();
    private final Map<String, JsonNode> defaults = new HashMap<>();
    private final Map<String, JsonNode> values = new HashMap<>();
    private final Map<String, String> sources = new HashMap<>();

    /** A loader that holds the defaults. */
    public ConfigLoader() {
        overlay(YamlReader.read(DEFAULTS, defaultsText(), problems));
        defaults.putAll(values);
    }

    /** The text of the file with all defaults and a comment on each setting. */
    public static String defaultsText() {
        try (InputStream in = ConfigLoader.class.getResourceAsStream(DEFAULTS)) {
            if (in == null) {
                throw new IllegalStateException(DEFAULTS + " is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds all values of a configuration. */
    @CanIgnoreReturnValue
    public ConfigLoader base(RunConfig config) {
        overlay(new ParsedFile("the configuration so far", ConfigWriter.toTree(config), Map.of()));
        return this;
    }

    /** Adds a YAML file, or a JSON file if its name ends in {@code .json}. */
    @CanIgnoreReturnValue
    public ConfigLoader file(Path file) {
        try {
            String text = Files.readString(file);
            boolean json = file.toString().toLowerCase(Locale.ROOT).endsWith(".json");
            overlay(json ? readJson(file.toString(), text) : YamlReader.read(file.toString(), text, problems));
        } catch (NoSuchFileException e) {
            problems.addGeneral(file.toString(), "no such configuration file; check the path given to --config");
        } catch (IOException e) {
            problems.addGeneral(file.toString(), "cannot be read as UTF-8 text: " + e);
        }
        return this;
    }

    private ParsedFile readJson(String name, String text) {
        JsonNode root = JsonNodeFactory.instance.objectNode();
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            String line = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
            problems.addGeneral(name + line, "not valid JSON: " + e.getOriginalMessage());
        }
        return new ParsedFile(name, root, Map.of());
    }

    /**
     * Adds one setting in the form of the command line's {@code --set}.
     *
     * @param setting such as {@code train.epochs=2}; the value is JSON, or text if it is not valid JSON
     */
    @CanIgnoreReturnValue
    public ConfigLoader set(String setting) {
        int equals = setting.indexOf('=');
        if (equals <= 0) {
            problems.addGeneral("--set " + setting, "expected key=value, such as --set train.epochs=2");
            return this;
        }
        return set(setting.substring(0, equals).strip(), jsonOrText(setting.substring(equals + 1)), "--set");
    }

    private static JsonNode jsonOrText(String value) {
        try {
            JsonNode node = JSON.readTree(value);
            return node.isMissingNode() ? JsonNodeFactory.instance.textNode(value) : node;
        } catch (JsonProcessingException e) {
            return JsonNodeFactory.instance.textNode(value);
        }
    }

    /**
     * Adds one setting whose value is text, whatever it looks like; for paths and the like.
     *
     * @param source what to call the origin in messages, such as {@code --model}
     */
    @CanIgnoreReturnValue
    public ConfigLoader setText(String key, String value, String source) {
        return set(key, JsonNodeFactory.instance.textNode(value), source);
    }

    /** As {@link #setText}, for a setting that takes several texts. */
    @CanIgnoreReturnValue
    public ConfigLoader setTexts(String key, List<String> values, String source) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        values.forEach(array::add);
        return set(key, array, source);
    }

    private ConfigLoader set(String key, JsonNode value, String source) {
        // A key below a mapping setting, such as data.path_map./theirs, may itself hold dots.
        for (Setting setting : Schema.RUN.settings().values()) {
            if (setting.isMap() && key.startsWith(setting.path() + ".")) {
                String entry = key.substring(setting.path().length() + 1);
                put(setting, JsonNodeFactory.instance.objectNode().set(entry, value), source);
                return this;
            }
        }
        overlay(key, value, path -> source);
        return this;
    }

    /**
     * Checks and converts everything that was added.
     *
     * @throws dev.mpo.core.ConfigException naming every problem, where it came from, and what was expected
     */
    public RunConfig load() {
        RunConfig config = new ConfigBinder(values, defaults, sources, problems).bind();
        new ConfigRules(config, sources, problems).check();
        problems.throwIfAny();
        return config;
    }

    private void overlay(ParsedFile file) {
        if (!file.root().isObject() && !file.root().isNull()) {
            problems.addGeneral(
                    file.name(),
                    "expected a mapping of settings, got " + file.root().getNodeType());
            return;
        }
        overlay("", file.root(), file::source);
    }

    private void overlay(String path, JsonNode value, UnaryOperator<String> source) {
        Setting setting = Schema.RUN.setting(path);
        if (setting != null) {
            put(setting, value, source.apply(path));
        } else if (!Schema.RUN.isSection(path)) {
            problems.add(path, source.apply(path), "unknown key" + advice(path));
        } else if (value.isObject()) {
            value.properties().forEach(entry -> overlay(Schema.child(path, entry.getKey()), entry.getValue(), source));
        } else if (!value.isNull()) {
            // A section heading with nothing below it reads as null in YAML and sets nothing.
            problems.add(path, source.apply(path), "expected a mapping of settings, got " + value);
        }
    }

    /** What another trainer's name of a setting is called here, or the nearest name, or where all names are. */
    private static String advice(String path) {
        Optional<String> nearest =
                NearestName.nearPath(path, Schema.RUN.settings().keySet());
        Optional<String> foreign = ForeignNames.advice(path);
        boolean misplaced =
                nearest.isPresent() && nearest.get().endsWith("." + path.substring(path.lastIndexOf('.') + 1));
        if (foreign.isPresent() && !misplaced) {
            return "; " + foreign.get();
        }
        return nearest.map(key -> "; the nearest known key is " + key)
                .orElse("; config.resolved.yaml of any run shows all keys");
    }

    private void put(Setting setting, JsonNode value, String source) {
        JsonNode before = values.get(setting.path());
        JsonNode merged = value;
        if (setting.isMap() && value.isObject() && before instanceof ObjectNode object) {
            merged = object.deepCopy().setAll((ObjectNode) value);
        }
        values.put(setting.path(), merged);
        sources.put(setting.path(), source);
    }
}
