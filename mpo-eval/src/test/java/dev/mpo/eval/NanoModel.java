package dev.mpo.eval;

import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import dev.mpo.data.synth.SyntheticDataset;
import java.nio.file.Path;

/**
 * A small model that the tests draw themselves, and pictures to ask it about.
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
        NanoCheckpoint.write(model, new NanoModelConfig(56, 14, 16, 32, 2, 2, 16, 32, 2, 2, 1), data.texts(), seed);
        return new NanoModel(model, data.heldOutMeta());
    }
}
