package dev.mpo.train.config;

import dev.mpo.core.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A shell script that starts another trainer, such as those of InternVL's {@code preference_optimization} folder, and
 * the settings that its flags mean here.
 *
 * <p>The script is read, never run: assignments with plain values, defaults ({@code ${GPUS:-8}}), references to earlier
 * variables and whole-number arithmetic are followed; a flag whose value depends on anything else is named.
 */
public final class TrainingScript {

    private static final long MOST_BYTES = 1 << 20;

    private static final Pattern ASSIGNMENT = Pattern.compile("^\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$");
    private static final Pattern DEFAULT = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*):?[-=]([^{}]*)\\}");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{?([A-Za-z_][A-Za-z0-9_]*)\\}?");
    private static final Pattern ARITHMETIC = Pattern.compile("\\$\\(\\(([^()]*)\\)\\)");
    private static final Pattern FLAG = Pattern.compile("^--([A-Za-z][A-Za-z0-9_-]*)(?:=(.*))?$");

    private final Map<String, String> flags;
    private final Map<String, String> variables;

    private TrainingScript(Map<String, String> flags, Map<String, String> variables) {
        this.flags = flags;
        this.variables = variables;
    }

    /**
     * What a script means.
     *
     * @param settings {@code key=value}, as {@code --set} takes them
     * @param model the model folder, if the script names one
     * @param meta the meta file, if the script names one
     * @param output the output folder, if the script names one
     * @param notes flags that have no counterpart or could not be read, one sentence each
     */
    public record Meaning(
            List<String> settings,
            Optional<String> model,
            Optional<String> meta,
            Optional<String> output,
            List<String> notes) {

        /** Copies the lists. */
        public Meaning {
            settings = List.copyOf(settings);
            notes = List.copyOf(notes);
        }
    }

    /**
     * Reads a script.
     *
     * @throws ConfigException if it cannot be read or has no flags of a trainer
     */
    public static TrainingScript read(Path file) {
        String text;
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new ConfigException("--from-script " + file + ": larger than 1 MiB, which no launch script is");
            }
            text = Files.readString(file);
        } catch (IOException e) {
            throw new ConfigException(
                    "--from-script " + file + " cannot be read as text: check the path and that it is a script", e);
        }
        Map<String, String> variables = new HashMap<>();
        Map<String, String> flags = flags(text.replace("\\\r\n", " ").replace("\\\n", " "), variables);
        if (!flags.containsKey("model_name_or_path") && !flags.containsKey("meta_path")) {
            throw new ConfigException("--from-script " + file
                    + ": expected a command with flags such as --model_name_or_path and --meta_path, got none of them");
        }
        return new TrainingScript(flags, variables);
    }

    private static Map<String, String> flags(String text, Map<String, String> variables) {
        Map<String, String> flags = new LinkedHashMap<>();
        for (String line : text.split("\\R", -1)) {
            Matcher assignment = ASSIGNMENT.matcher(line);
            if (assignment.matches() && !line.contains("--")) {
                variables.put(
                        assignment.group(1), expand(unquoted(assignment.group(2).strip()), variables));
                continue;
            }
            if (!line.strip().startsWith("#")) {
                addFlags(words(line), variables, flags);
            }
        }
        return flags;
    }

    /** The flags behind the program; what stands before it is the launcher's. */
    private static void addFlags(List<String> words, Map<String, String> variables, Map<String, String> flags) {
        int start = 0;
        for (int i = 0; i < words.size(); i++) {
            start = words.get(i).endsWith(".py") ? i + 1 : start;
        }
        for (int i = start; i < words.size(); i++) {
            Matcher flag = FLAG.matcher(words.get(i));
            if (!flag.matches()) {
                continue;
            }
            String name = flag.group(1).replace('-', '_');
            boolean next = i + 1 < words.size() && !words.get(i + 1).startsWith("--");
            String value = flag.group(2) != null ? flag.group(2) : next ? words.get(i + 1) : "True";
            flags.put(name, expand(unquoted(value), variables));
        }
    }

    /** Words between spaces; quotes keep spaces together. */
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("(?:[^\\s\"']|\"[^\"]*\"|'[^']*')++").matcher(line);
        while (word.find()) {
            if (word.group().startsWith("#")
                    || word.group().startsWith("2>")
                    || word.group().equals("|")) {
                break;
            }
            words.add(word.group());
        }
        return words;
    }

    private static String unquoted(String word) {
        return word.replace("\"", "").replace("'", "");
    }

    private static String expand(String value, Map<String, String> variables) {
        String text = DEFAULT.matcher(value)
                .replaceAll(match -> Matcher.quoteReplacement(variables.getOrDefault(match.group(1), match.group(2))));
        text = REFERENCE
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(variables.getOrDefault(match.group(1), match.group())));
        return ARITHMETIC
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(calculated(match.group(1), match.group())));
    }

    /** Whole numbers with * / + - from left to right by the usual precedence; what else there is stays as written. */
    private static String calculated(String formula, String written) {
        String text = formula.strip();
        for (String operators : List.of("*/", "+-")) {
            Pattern step = Pattern.compile("(\\d{1,9})\\s*([" + operators + "])\\s*(\\d{1,9})");
            for (Matcher found = step.matcher(text); found.find(); found = step.matcher(text)) {
                long left = Long.parseLong(found.group(1));
                long right = Long.parseLong(found.group(3));
                if (right == 0 && found.group(2).equals("/")) {
                    return written;
                }
                long result = switch (found.group(2)) {
                    case "*" -> left * right;
                    case "/" -> left / right;
                    case "+" -> left + right;
                    default -> left - right;
                };
                text = text.substring(0, found.start()) + result + text.substring(found.end());
            }
        }
        return text.matches("-?\\d+") ? text : written;
    }

    /** Returns the settings that the flags mean, in the order of the script. */
    public Meaning meaning() {
        Map<String, String> settings = new LinkedHashMap<>();
        List<String> notes = new ArrayList<>();
        List<String> frozen = new ArrayList<>();
        flags.forEach((name, value) -> {
            if (value.contains("$")) {
                notes.add("--" + name + " " + value + ": the value cannot be worked out; give it yourself");
            } else if (name.startsWith("freeze_")) {
                if (isTrue(value)) {
                    frozen.add(part(name));
                }
            } else if (name.equals("save_steps") && "no".equals(flags.get("save_strategy"))) {
                notes.add("--save_steps " + value + ": not used, for --save_strategy is no");
            } else {
                one(name, value, settings, notes);
            }
        });
        if (!frozen.isEmpty()) {
            settings.put("model.freeze", quoted(frozen));
        }
        loss(settings);
        batch(settings);
        if (flags.containsKey("deepspeed")) {
            settings.put("train.weight_decay_grouping", "all"); // as DeepSpeed's optimizer does
        }
        List<String> lines = settings.entrySet().stream()
                .filter(entry ->
                        !entry.getKey().equals("model.path") && !entry.getKey().equals("data.meta"))
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
        return new Meaning(lines, value("model_name_or_path"), value("meta_path"), value("output_dir"), notes);
    }

    private Optional<String> value(String flag) {
        return Optional.ofNullable(flags.get(flag)).filter(value -> !value.contains("$"));
    }

    private static void one(String name, String value, Map<String, String> settings, List<String> notes) {
        Optional<String> setting = ForeignNames.setting(name);
        if (setting.isEmpty()) {
            String why = ForeignNames.reason(name).orElse("it is not known here");
            if (!name.equals("output_dir")) {
                notes.add("--" + name + " " + value + ": " + why);
            }
            return;
        }
        String key = setting.get();
        switch (key) {
            case "train.precision" -> settings.put(key, isTrue(value) ? name : "fp32");
            case "train.recompute" -> settings.put(key, isTrue(value) ? "full" : "none");
            case "parallel.shard" -> settings.put(key, shard(value, settings));
            case "data.group_by_length" -> settings.put(key, isTrue(value) ? "text" : "none");
            case "log.tensorboard" -> settings.put(key, Boolean.toString(value.contains("tensorboard")));
            case "model.lora.rank" -> {
                if (!value.equals("0")) {
                    settings.put(key, value);
                    settings.put("model.lora.targets", name.contains("backbone") ? "[\"vision\"]" : "[\"language\"]");
                }
            }
            case "loss.type", "loss.weights" -> {
                // both are made of several flags, see below
            }
            default -> settings.put(key, value.equals("True") ? "true" : value.equals("False") ? "false" : value);
        }
    }

    /** The name of a DeepSpeed configuration says its stage: zero_stage1_config.json. */
    private static String shard(String value, Map<String, String> settings) {
        if (value.contains("cpu") || value.contains("offload")) {
            settings.put("parallel.offload", "optimizer");
        }
        return value.contains("3") ? "full" : value.contains("1") || value.contains("2") ? "optimizer" : "none";
    }

    /** {@code loss_type}, a weight per type, and {@code rpo_alpha}, the weight of the SFT term. */
    private void loss(Map<String, String> settings) {
        String types = flags.get("loss_type");
        if (types == null) {
            return;
        }
        List<String> names = new ArrayList<>();
        List<String> weights = new ArrayList<>();
        for (String type : types.split(",", -1)) {
            names.add(type.strip());
            weights.add(flags.getOrDefault(type.strip() + "_loss_weight", "1.0"));
        }
        String sft = flags.get("rpo_alpha");
        if (sft != null && !sft.equals("None")) {
            names.add("sft");
            weights.add(sft);
        }
        settings.put("loss.type", quoted(names));
        settings.put("loss.weights", "[" + String.join(",", weights) + "]");
    }

    /** The script's batch is that of all its devices; here it stays the same on any number of them. */
    private void batch(Map<String, String> settings) {
        String total = variables.get("BATCH_SIZE");
        if (total != null && total.matches("[1-9][0-9]{0,8}")) {
            settings.remove("train.gradient_accumulation_steps");
            settings.put("train.global_batch_size", total);
        }
    }

    private static String quoted(List<String> names) {
        return "[\"" + String.join("\",\"", names) + "\"]";
    }

    private static String part(String flag) {
        return switch (flag) {
            case "freeze_llm" -> "language";
            case "freeze_mlp", "freeze_aligner" -> "projector";
            default -> "vision";
        };
    }

    private static boolean isTrue(String value) {
        return value.equalsIgnoreCase("true") || value.equals("1");
    }
}
