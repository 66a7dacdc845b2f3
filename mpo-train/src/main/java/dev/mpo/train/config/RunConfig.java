package dev.mpo.train.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * All settings of a training run.
 *
 * @param model the model to train
 * @param data the pairs and their encoding
 * @param loss the training objective
 * @param train the course of the run and the optimizer
 * @param reference the frozen model to compare with
 * @param parallel the spread over devices
 * @param checkpoint saving and resuming
 * @param log reporting
 * @param engine the computation of a pair
 */
public record RunConfig(
        ModelSettings model,
        DataSettings data,
        LossSettings loss,
        TrainSettings train,
        ReferenceSettings reference,
        ParallelSettings parallel,
        CheckpointSettings checkpoint,
        LogSettings log,
        EngineSettings engine) {

    /** The settings of a run that sets nothing: the recipe of the published models up to 8B parameters. */
    public static RunConfig defaults() {
        return new ConfigLoader().load();
    }

    /**
     * Loads settings: defaults, then each file, then each {@code key=value}, later ones winning.
     *
     * @param files YAML files, or JSON files by their extension {@code .json}
     * @param settings such as {@code train.epochs=2}; the value is JSON, or text if it is not valid JSON
     * @throws dev.mpo.core.ConfigException naming every problem at once
     */
    public static RunConfig load(List<Path> files, List<String> settings) {
        ConfigLoader loader = new ConfigLoader();
        files.forEach(loader::file);
        settings.forEach(loader::set);
        return loader.load();
    }

    /**
     * These settings with some replaced.
     *
     * @param settings such as {@code train.epochs=2}, as for {@link #load}
     * @throws dev.mpo.core.ConfigException naming every problem at once
     */
    public RunConfig with(String... settings) {
        ConfigLoader loader = new ConfigLoader().base(this);
        for (String setting : settings) {
            loader.set(setting);
        }
        return loader.load();
    }

    /** These settings with another text in one of them, whatever the text looks like; for paths and the like. */
    public RunConfig withText(String key, String value) {
        return new ConfigLoader().base(this).setText(key, value, key).load();
    }

    /** Every setting by its dotted path, with its value as JSON, in the order of their declaration. */
    public Map<String, String> bySetting() {
        return ConfigWriter.flat(this);
    }

    /** These settings as a YAML file that loads to an equal value. */
    public String toYaml() {
        return ConfigWriter.toYaml(this);
    }
}
