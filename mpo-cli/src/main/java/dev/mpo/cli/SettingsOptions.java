package dev.mpo.cli;

import dev.mpo.core.ConfigException;
import dev.mpo.train.config.ConfigLoader;
import dev.mpo.train.config.RunConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which commands take settings, and the flags that are short for a setting. */
final class SettingsOptions {

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
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One setting, over those of the files, such as train.learning_rate=1e-6 or"
                    + " 'loss.type=[\"sigmoid\",\"sft\"]'. Lists and numbers are JSON. Can be repeated.")
    private List<String> settings = new ArrayList<>();

    /**
     * Loads the settings: defaults, files, single settings, then the flags of this group.
     *
     * @param resume whether the run continues an earlier one
     * @throws ConfigException naming every problem, or if no model or no meta file is given
     */
    RunConfig load(boolean resume) {
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

    private RunConfig read(boolean resume, List<String> metaParameters) {
        ConfigLoader loader = new ConfigLoader();
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
