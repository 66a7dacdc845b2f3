package dev.mpo.tools.demo.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

/** The settings of the two trainings, written as files that {@code mpo train --config} takes. */
final class LoopRecipes {

    private static final String SFT = """
            # Supervised training on the shown answers. Model and data are given on the command line.
            model:
              drop_path_rate: 0            # three layers are too few to skip any
            data:
              max_dynamic_patch: 2
              max_seq_length: 256
            loss:
              type: [sft]
              weights: [1.0]
            train:
              max_steps: %d
              per_device_batch_size: 8
              learning_rate: 1.0e-3        # far above that of real models: this one starts from random weights
              warmup_ratio: 0.05
              seed: %d
              num_threads: 1               # as fast as several at this size, and the same numbers on every machine
            log:
              steps: 20
            """;

    private static final String MPO = """
            # Preference training on the model's own pairs, with the default loss: 0.8 sigmoid + 0.2 bco_pair + 1.0 sft.
            model:
              drop_path_rate: 0
            data:
              max_dynamic_patch: 2
              max_seq_length: 256
            train:
              max_steps: %d
              per_device_batch_size: 8
              learning_rate: 3.0e-4
              warmup_ratio: 0.05
              seed: %d
              num_threads: 1
            log:
              steps: 20
            """;

    private LoopRecipes() {}

    static void write(LoopFolder folder, LoopOptions options) {
        try {
            Files.writeString(folder.sftRecipe(), SFT.formatted(options.sftSteps(), options.seed()));
            Files.writeString(folder.mpoRecipe(), MPO.formatted(options.mpoSteps(), options.seed()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the recipes to " + folder.path(), e);
        }
    }
}
