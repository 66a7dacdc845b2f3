package dev.mpo.train;

import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import dev.mpo.data.synth.SyntheticDataset;
import dev.mpo.train.config.RunConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A small model and pairs that the tests draw themselves.
 *
 * @param folder the checkpoint
 * @param meta 25 held-out pairs
 */
public record NanoModel(Path folder, Path meta) {

    /** Writes a model of a seed, and the pairs, below a folder. */
    public static NanoModel write(Path folder, long seed) {
        SyntheticDataset data =
                SyntheticDataset.write(folder.resolve("data"), new SyntheticDataset.Options(3, 100, 25, 56));
        Path model = folder.resolve("model-" + seed);
        NanoModelConfig size = new NanoModelConfig(56, 14, 16, 32, 2, 2, 16, 32, 2, 2, 1);
        NanoCheckpoint.write(model, size, data.texts(), seed);
        return new NanoModel(model, data.heldOutMeta());
    }

    /** Returns settings for this model and these pairs. */
    public RunConfig settings(String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "model.path=" + folder,
                "data.meta=" + meta,
                "data.num_workers=1",
                "train.precision=fp32",
                "train.num_threads=1",
                "train.per_device_batch_size=4"));
        settings.addAll(List.of(more));
        return RunConfig.load(List.of(), settings);
    }
}
