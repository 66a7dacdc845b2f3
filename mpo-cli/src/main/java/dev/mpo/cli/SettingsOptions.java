package dev.mpo.cli;

import dev.mpo.core.ConfigException;
import dev.mpo.train.config.ConfigLoader;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.config.TrainingScript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The options by which commands take settings, and the flags that are short for a setting. */
final class SettingsOptions {

    private static final Logger LOG = LoggerFactory.getLogger(SettingsOptions.class);

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Checkpoint folder of the model. Short for --set model.path=DIR.")
    private @Nullable String model;

    @Option(
            names = "--meta",
            paramLabel = "META",
            description = "Meta file (JSON) that lists the data sets. Can be repeated. Short for --set data.meta=META.")
    private List<String> meta = new ArrayList<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML or JSON file with settings. Can be repeated; later files win.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--from-script",
            paramLabel = "SCRIPT",
            description = "Shell script that starts InternVL's trainer, such as those of its preference_optimization"
                    + " folder: its flags become settings, which are printed. What has no counterpart is named. The"
                    + " script is read, not run; files and --set win over it.")
    private @Nullable Path script;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One setting, over those of the files, such as train.learning_rate=1e-6 or"
                    + " 'loss.type=[\"sigmoid\",\"sft\"]'. Lists and numbers are JSON. Can be repeated.")
    private List<String> settings = new ArrayList<>();

    /**
     * Loads the settings of a command that starts anew.
     *
     * @throws ConfigException naming every problem, or if no model or no meta file is given
     */
    RunConfig load() {
        return load(false, Path.of(""));
    }

    /**
     * Loads the settings: defaults, files, single settings, then the flags of this group.
     *
     * @param resume whether the run continues an earlier one
     * @param output the run's folder, whose recorded settings count where a run is continued without model and data
     * @throws ConfigException naming every problem, or if no model or no meta file is given
     */
    RunConfig load(boolean resume, Path output) {
        Path recorded = output.resolve("config.resolved.yaml");
        if (resume && model == null && meta.isEmpty() && Files.isRegularFile(recorded)) {
            files.add(0, recorded); // the run knows what it is; what is given besides still wins
        }
        RunConfig config = read(resume, List.of());
        if (config.model().path() == null) {
            throw new ConfigException("no model: give its checkpoint folder with --model DIR (or set model.path)");
        }
        return requireMeta(config);
    }

    /**
     * Loads the settings for a look at data, for which a model is optional.
     *
     * @param metaParameters meta files; if there are any, they take the place of those of {@code --meta}
     * @throws ConfigException naming every problem, or if no meta file is given
     */
    RunConfig loadForData(List<String> metaParameters) {
        return requireMeta(read(false, metaParameters));
    }

    private static RunConfig requireMeta(RunConfig config) {
        if (config.data().meta().isEmpty()) {
            throw new ConfigException("no data: give a meta file with --meta META (or set data.meta)");
        }
        return config;
    }

    /** Says what the script means, for whoever wants to keep it as a recipe. */
    private void readScript(ConfigLoader loader) {
        if (script == null) {
            return;
        }
        String name = script.toString();
        TrainingScript.Meaning meaning = TrainingScript.read(script).meaning();
        meaning.settings().forEach(setting -> {
            LOG.info("{}: {}", name, setting);
            loader.set(setting);
        });
        meaning.notes().forEach(note -> LOG.warn("{}: {}", name, note));
        meaning.model().ifPresent(path -> loader.setText("model.path", path, name));
        meaning.meta().ifPresent(path -> loader.setTexts("data.meta", List.of(path), name));
    }

    private RunConfig read(boolean resume, List<String> metaParameters) {
        ConfigLoader loader = new ConfigLoader();
        readScript(loader);
        files.forEach(loader::file);
        settings.forEach(loader::set);
        if (model != null) {
            loader.setText("model.path", model, "--model");
        }
        if (!metaParameters.isEmpty()) {
            loader.setTexts("data.meta", metaParameters, "META");
        } else if (!meta.isEmpty()) {
            loader.setTexts("data.meta", meta, "--meta");
        }
        if (resume) {
            loader.set("checkpoint.resume=true");
        }
        return loader.load();
    }
}
