package dev.mpo.tools.demo.loop;

import dev.mpo.train.setup.RunDirectory;
import java.nio.file.Path;

/**
 * The folder of a loop and the places in it.
 *
 * @param path the folder
 */
public record LoopFolder(Path path) {

    /** Returns the folder of the pictures, the shown answers and the questions. */
    public Path data() {
        return path.resolve("data");
    }

    /** Returns the untrained model. */
    public Path model() {
        return path.resolve("model");
    }

    /** Returns the settings of the supervised training, as a file for {@code --config}. */
    public Path sftRecipe() {
        return path.resolve("sft.yaml");
    }

    /** Returns the settings of the preference training, as a file for {@code --config}. */
    public Path mpoRecipe() {
        return path.resolve("mpo.yaml");
    }

    /** Returns the run of the supervised training. */
    public Path sftRun() {
        return path.resolve("sft");
    }

    /** Returns the run of the preference training. */
    public Path mpoRun() {
        return path.resolve("mpo");
    }

    /** Returns the model after the supervised training. */
    public Path sftModel() {
        return new RunDirectory(sftRun()).export();
    }

    /** Returns the model after the preference training. */
    public Path mpoModel() {
        return new RunDirectory(mpoRun()).export();
    }

    /** Returns the folder of the samples. */
    public Path samples() {
        return path.resolve("samples");
    }

    /** Returns the folder of the pairs. */
    public Path pairs() {
        return path.resolve("pairs");
    }

    /** Returns the meta file of the pairs. */
    public Path pairMeta() {
        return pairs().resolve("meta.json");
    }

    /** Returns the folder of what the models answered in the examination. */
    public Path exams() {
        return path.resolve("exams");
    }

    /** Returns the page about everything. */
    public Path report() {
        return path.resolve("report.html");
    }
}
