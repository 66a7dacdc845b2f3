package dev.mpo.tools.demo;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.ModelLayout;
import dev.mpo.data.jsonl.PreferenceRow;
import dev.mpo.data.meta.PathMap;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import dev.mpo.data.synth.SyntheticDataset;
import dev.mpo.tools.report.Evaluation;
import dev.mpo.tools.report.RunReport;
import dev.mpo.tools.report.ScoreComparison;
import dev.mpo.train.Trainer;
import dev.mpo.train.callback.TrainingSummary;
import dev.mpo.train.config.ConfigLoader;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.score.PairScorer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Trains a nano InternVL on pictures that the program draws itself, and measures on held-out pairs what it learned.
 *
 * <p>Nothing is special about the parts: the data set and the model are files in the published layouts, and training
 * and scoring are what {@code mpo train} and {@code mpo score} do, with the settings of the file {@code recipe.yaml}.
 */
public final class Demo {

    private static final int MAX_EXAMPLES = 12;

    /** With these settings the nano model learns in a minute what a big one knows. */
    private static final String RECIPE = """
            # The settings of the demo's training. Model and data are given on the command line.
            model:
              drop_path_rate: 0            # three layers are too few to skip any
            data:
              max_seq_length: 64           # the pairs are short
            train:
              max_steps: %d
              per_device_batch_size: 8
              learning_rate: 1.0e-3        # far above the 1e-6 of real models: this one starts from random weights
              warmup_ratio: 0.05
              seed: %d
              num_threads: 1               # as fast as several at this size, and the same numbers on every machine
            log:
              steps: 20
            """;

    private final DemoFolder folder;
    private final DemoOptions options;
    private final DemoListener listener;

    private Demo(DemoFolder folder, DemoOptions options, DemoListener listener) {
        this.folder = folder;
        this.options = options;
        this.listener = listener;
    }

    /**
     * Runs the demonstration.
     *
     * @param output a new or empty folder
     * @throws dev.mpo.core.ConfigException if the folder holds anything or cannot be written
     */
    public static DemoResult run(Path output, DemoOptions options, DemoListener listener) {
        DemoFolder folder = new DemoFolder(output);
        folder.create();
        return new Demo(folder, options, listener).run();
    }

    private DemoResult run() {
        long started = System.nanoTime();
        SyntheticDataset data = drawData();
        long numParameters = makeModel(data);
        writeRecipe();
        RunConfig settings = settings(data.trainMeta());
        score(DemoPhase.SCORE_BEFORE, settings(data.heldOutMeta()), folder.scoresBefore());
        listener.onPhase(DemoPhase.TRAIN);
        TrainingSummary training = Trainer.train(settings, folder.run(), listener);
        RunConfig after = new ConfigLoader()
                .base(settings(data.heldOutMeta()))
                .setText("model.path", folder.trained().toString(), "the demo")
                .setText("reference.path", folder.model().toString(), "the demo")
                .load();
        score(DemoPhase.SCORE_AFTER, after, folder.scoresAfter());
        Evaluation evaluation = ScoreComparison.compare(
                data.heldOutMeta(), folder.scoresBefore(), folder.scoresAfter(), folder.run(), MAX_EXAMPLES);
        evaluation.save(folder.run());
        RunReport.write(folder.run());
        double seconds = (System.nanoTime() - started) / 1e9;
        return new DemoResult(folder, data, numParameters, training, evaluation, seconds);
    }

    private SyntheticDataset drawData() {
        listener.onPhase(DemoPhase.DATA);
        SyntheticDataset data = SyntheticDataset.write(folder.data(), options.data());
        listener.onData(data, example(data.trainMeta()));
        return data;
    }

    private static PreferenceRow example(Path meta) {
        List<PairDataset> datasets = PairDataset.load(List.of(meta), PathMap.none());
        try {
            return datasets.get(0).row(0);
        } finally {
            datasets.forEach(PairDataset::close);
        }
    }

    private long makeModel(SyntheticDataset data) {
        listener.onPhase(DemoPhase.MODEL);
        ModelConfig config =
                NanoCheckpoint.write(folder.model(), NanoModelConfig.defaults(), data.texts(), options.seed());
        long numParameters = ModelLayout.numElements(config);
        listener.onModel(numParameters);
        return numParameters;
    }

    private void writeRecipe() {
        try {
            Files.writeString(folder.recipe(), RECIPE.formatted(options.steps(), options.seed()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + folder.recipe(), e);
        }
    }

    private RunConfig settings(Path meta) {
        return new ConfigLoader()
                .file(folder.recipe())
                .setText("model.path", folder.model().toString(), "the demo")
                .setText("data.meta", meta.toString(), "the demo")
                .load();
    }

    private void score(DemoPhase phase, RunConfig settings, Path out) {
        listener.onPhase(phase);
        listener.onScored(phase, PairScorer.scoreAll(settings, out, listener::onScoring));
    }
}
