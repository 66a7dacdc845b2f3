package dev.mpo.tools.demo.loop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mpo.core.DataException;
import dev.mpo.core.InterruptedRunException;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.core.model.ModelLayout;
import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import dev.mpo.eval.exam.Exam;
import dev.mpo.eval.exam.ExamResult;
import dev.mpo.eval.generate.ChatGenerator;
import dev.mpo.eval.generate.ChatOptions;
import dev.mpo.eval.pipeline.pairs.PairBuilding;
import dev.mpo.eval.pipeline.pairs.PairOptions;
import dev.mpo.eval.pipeline.pairs.PairReport;
import dev.mpo.eval.pipeline.sample.SamplingJob;
import dev.mpo.eval.pipeline.sample.SamplingListener;
import dev.mpo.eval.pipeline.sample.SamplingOptions;
import dev.mpo.eval.prompt.PromptVersion;
import dev.mpo.tools.demo.DemoFolder;
import dev.mpo.tools.report.LoopPage;
import dev.mpo.train.Trainer;
import dev.mpo.train.callback.TrainingSummary;
import dev.mpo.train.config.ConfigLoader;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.ranks.Ranks;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Makes a nano InternVL better at reasoning with its own preference data: supervised training on a few shown answers,
 * many sampled answers to further questions, pairs of right and wrong ones, and Mixed Preference Optimization on those.
 * An examination on held-out questions, before and after, shows what the preference training added.
 *
 * <p>Nothing is special about the parts: training is what {@code mpo train} does, sampling and pair building are what
 * {@code mpo pipeline correctness} and {@code mpo pipeline pairs} do, with files in the published layouts.
 */
public final class LoopDemo {

    private static final int TOP_K = 50;
    private static final int MAX_CONCURRENT = 64;
    private static final int MAX_LINES = 1_200_000;

    private final LoopFolder folder;
    private final LoopOptions options;
    private final LoopListener listener;
    private final Map<LoopPhase, Double> seconds = new EnumMap<>(LoopPhase.class);

    private LoopDemo(LoopFolder folder, LoopOptions options, LoopListener listener) {
        this.folder = folder;
        this.options = options;
        this.listener = listener;
    }

    /**
     * Runs the loop.
     *
     * @param output a new or empty folder
     * @throws dev.mpo.core.ConfigException if the folder holds anything or cannot be written
     * @throws InterruptedRunException if the listener asked to stop
     */
    public static LoopResult run(Path output, LoopOptions options, LoopListener listener) {
        new DemoFolder(output).create();
        return new LoopDemo(new LoopFolder(output), options, listener).run();
    }

    private LoopResult run() {
        LoopData data = phase(LoopPhase.DATA, this::drawData);
        long numParameters = phase(LoopPhase.MODEL, () -> makeModel(data));
        TrainingSummary sft =
                phase(LoopPhase.SFT, () -> train(folder.sftRecipe(), folder.model(), data.sftMetas(), folder.sftRun()));
        ExamResult before = exam(LoopPhase.EXAM_BEFORE, data, folder.sftModel());
        phase(LoopPhase.SAMPLE, () -> sample(data));
        List<PairReport> pairs = phase(LoopPhase.PAIRS, this::buildPairs);
        TrainingSummary mpo = phase(
                LoopPhase.MPO,
                () -> train(folder.mpoRecipe(), folder.sftModel(), data.mpoMetas(folder.pairMeta()), folder.mpoRun()));
        ExamResult after = exam(LoopPhase.EXAM_AFTER, data, folder.mpoModel());
        LoopResult result = new LoopResult(
                folder,
                options,
                data.sftMetas(),
                data.mpoMetas(folder.pairMeta()),
                data.promptFiles(),
                numParameters,
                sft,
                before,
                pairs,
                mpo,
                after,
                seconds);
        writeReport(result);
        return result;
    }

    private static void writeReport(LoopResult result) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        result.seconds()
                .forEach((phase, time) ->
                        seconds.put(phase.name().toLowerCase(Locale.ROOT).replace('_', ' '), time));
        LoopPage.write(
                result.folder().report(),
                new LoopPage.Content(
                        result.before(),
                        result.after(),
                        result.pairs(),
                        result.folder().sftRun(),
                        result.folder().mpoRun(),
                        seconds));
    }

    private <T> T phase(LoopPhase phase, Supplier<T> work) {
        listener.onPhase(phase);
        long started = System.nanoTime();
        T result = work.get();
        seconds.put(phase, (System.nanoTime() - started) / 1e9);
        return result;
    }

    private LoopData drawData() {
        LoopData data = LoopData.write(folder.data(), options.data());
        listener.onData(data.sets());
        return data;
    }

    private long makeModel(LoopData data) {
        LoopRecipes.write(folder, options);
        ModelConfig config =
                NanoCheckpoint.write(folder.model(), NanoModelConfig.defaults(), data.texts(), options.seed());
        long numParameters = ModelLayout.numElements(config);
        listener.onModel(numParameters);
        return numParameters;
    }

    private TrainingSummary train(Path recipe, Path model, List<Path> metas, Path run) {
        RunConfig settings = new ConfigLoader()
                .file(recipe)
                .setText("model.path", model.toString(), "the demo")
                .setTexts("data.meta", metas.stream().map(Path::toString).toList(), "the demo")
                .load();
        return Trainer.train(settings, run, listener);
    }

    private ExamResult exam(LoopPhase phase, LoopData data, Path model) {
        return phase(phase, () -> {
            try (ChatGenerator generator = open(model, MAX_CONCURRENT)) {
                ExamResult result =
                        new Exam(data.examination(), LoopOptions.MAX_NEW_TOKENS).take(generator, listener::onExam);
                ExamFile.write(
                        folder.exams().resolve(phase == LoopPhase.EXAM_BEFORE ? "sft.jsonl" : "mpo.jsonl"), result);
                listener.onExamined(phase, result);
                return result;
            }
        });
    }

    private static ChatGenerator open(Path model, int maxConcurrent) {
        TorchRuntime.setNumThreads(1);
        return ChatGenerator.open(
                model,
                ChatOptions.defaults().withMaxTiles(LoopOptions.MAX_TILES).withMaxConcurrent(maxConcurrent));
    }

    private boolean sample(LoopData data) {
        long[] done = {0};
        long total = (long) options.asked() * options.numSamples();
        SamplingListener following = new SamplingListener() {
            @Override
            public void onSample(ObjectNode row) {
                listener.onSample(row);
                listener.onSampling(++done[0], total);
            }

            @Override
            public boolean stopRequested() {
                return listener.stopRequested();
            }
        };
        try (ChatGenerator generator = open(folder.sftModel(), LoopOptions.BATCH * options.numSamples())) {
            for (Path prompts : data.promptFiles()) {
                SamplingJob.correctness(sampling(data, prompts), PromptVersion.EN)
                        .run(generator, following);
            }
        }
        return true;
    }

    private SamplingOptions sampling(LoopData data, Path prompts) {
        GenerationOptions samples = GenerationOptions.greedy(LoopOptions.MAX_NEW_TOKENS)
                .withTemperature(1)
                .withLimits(TOP_K, 1, 0)
                .withSeed(options.seed())
                .withNumSamples(options.numSamples());
        return new SamplingOptions(
                prompts, folder.samples(), data.sets().imageRoot(), Integer.MAX_VALUE, 0, samples, Ranks.single());
    }

    private List<PairReport> buildPairs() {
        PairOptions how = new PairOptions(
                true,
                false,
                LoopOptions.PAIRS_PER_KEY,
                MAX_LINES,
                false,
                false,
                Map.of(),
                folder.data().resolve("images"));
        List<PairReport> reports =
                new PairBuilding(how).run(folder.samples(), folder.pairs(), (lines, total, dataset) -> {});
        listener.onPairs(reports);
        if (reports.stream().allMatch(LoopDemo::isWithoutPairs)) {
            throw new DataException(folder.pairs() + ": expected questions that the model answers right at one time and"
                    + " wrong at another, found none among " + options.asked()
                    + ": train longer before sampling (--steps)");
        }
        return reports;
    }

    private static boolean isWithoutPairs(PairReport report) {
        return report.correctness().written() + report.format().written() == 0;
    }
}
