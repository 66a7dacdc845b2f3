package dev.mpo.tools.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.generate.GenerationListener;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.core.generate.GenerationRequest;
import dev.mpo.core.generate.Prompt;
import dev.mpo.core.generate.TextGenerator;
import dev.mpo.core.model.ModelLayout;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.train.setup.Placement;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;

/** Measures generation with the embedded engine on random weights and prompts of random tokens and pixels. */
public final class GenerationBench {

    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final int FIRST_TEXT_TOKEN = 10;

    private final GenerationBenchOptions options;
    private final ModelConfig config;
    private final VisionLanguageModel model;
    private final Random random;

    private GenerationBench(GenerationBenchOptions options, ModelConfig config, VisionLanguageModel model) {
        this.options = options;
        this.config = config;
        this.model = model;
        this.random = new Random(options.seed());
    }

    /**
     * Runs the measurement.
     *
     * @param progress told the number of finished rounds, warm-up included, of all batch sizes together
     */
    public static GenerationBenchReport run(GenerationBenchOptions options, IntConsumer progress) {
        ModelConfig config = BenchPreset.of(options.preset());
        Placement placement = options.placement();
        try (VisionLanguageModel model =
                VisionLanguageModel.create(config, ModelOptions.frozen(placement.device(), placement.compute()))) {
            RandomWeights.draw(model.parameters(), options.seed());
            return new GenerationBench(options, config, model).report(progress);
        }
    }

    private GenerationBenchReport report(IntConsumer progress) {
        List<GenerationBenchReport.Result> results = new ArrayList<>();
        int done = 0;
        for (int batchSize : options.batchSizes()) {
            List<double[]> rounds = new ArrayList<>();
            for (int round = 0; round < options.warmup() + options.repetitions(); round++) {
                double[] measured = round(batchSize);
                if (round >= options.warmup()) {
                    rounds.add(measured);
                }
                progress.accept(++done);
            }
            results.add(result(batchSize, rounds));
        }
        return new GenerationBenchReport(
                options.preset(),
                ModelLayout.numElements(config),
                TorchRuntime.numThreads(),
                options.tiles() * config.imageTokensPerTile() + options.promptTokens(),
                options.newTokens(),
                results);
    }

    /** Returns the seconds until all first tokens, the whole seconds, and the processor seconds. */
    private double[] round(int batchSize) {
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < batchSize; i++) {
            requests.add(new GenerationRequest(prompt(), sampling(options.newTokens())));
        }
        List<GenerationRequest> first = requests.stream()
                .map(request -> new GenerationRequest(request.prompt(), sampling(1)))
                .toList();
        TextGenerator generator = new TextGenerator(model, id -> new byte[0], SyntheticPairs.IMAGE_TOKEN, batchSize);
        GenerationListener nobody = new GenerationListener() {};
        long started = System.nanoTime();
        generator.generateAll(first, nobody);
        long prefilled = System.nanoTime();
        long cpu = SYSTEM.getProcessCpuTime();
        generator.generateAll(requests, nobody);
        long ended = System.nanoTime();
        return new double[] {
            (prefilled - started) / 1e9, (ended - prefilled) / 1e9, (SYSTEM.getProcessCpuTime() - cpu) / 1e9
        };
    }

    private GenerationOptions sampling(int newTokens) {
        return GenerationOptions.greedy(newTokens)
                .withTemperature(options.temperature())
                .withLimits(options.topK(), 1, 0)
                .withSeed(options.seed());
    }

    private Prompt prompt() {
        int visual = options.tiles() * config.imageTokensPerTile();
        int[] ids = new int[visual + options.promptTokens()];
        for (int i = 0; i < ids.length; i++) {
            int range = config.language().vocabSize() - FIRST_TEXT_TOKEN;
            ids[i] = i < visual ? SyntheticPairs.IMAGE_TOKEN : FIRST_TEXT_TOKEN + random.nextInt(range);
        }
        byte[] pixels = new byte[options.tiles() * config.imageSize() * config.imageSize() * 3];
        random.nextBytes(pixels);
        return new Prompt(ids, pixels, options.tiles(), config.imageSize());
    }

    private GenerationBenchReport.Result result(int batchSize, List<double[]> rounds) {
        double prefill = median(rounds, 0);
        double whole = median(rounds, 1);
        return new GenerationBenchReport.Result(
                batchSize,
                batchSize * options.newTokens() / whole,
                batchSize * (options.newTokens() - 1) / (whole - prefill),
                prefill,
                whole,
                median(rounds, 2));
    }

    private static double median(List<double[]> rounds, int column) {
        double[] sorted =
                rounds.stream().mapToDouble(round -> round[column]).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
