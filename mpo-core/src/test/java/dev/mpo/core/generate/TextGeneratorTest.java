package dev.mpo.core.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mpo.core.DataException;
import dev.mpo.core.config.Family;
import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.NormType;
import dev.mpo.core.config.VisionConfig;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.PackedBatch;
import dev.mpo.core.model.Segment;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import dev.mpo.testkit.TestDevice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TextGeneratorTest {

    private static final Device DEVICE = new Device(TestDevice.name());

    private static final int IMAGE = 7;
    private static final int VOCABULARY = 40;

    private final VisionLanguageModel model = randomModel();
    private final Random random = new Random(4);

    @AfterAll
    void freeModel() {
        model.close();
    }

    private static VisionLanguageModel randomModel() {
        VisionConfig vision = new VisionConfig(16, 24, 2, 2, 28, 7, 3, NormType.LAYER_NORM, true, false, 1e-6, 0);
        LanguageConfig language =
                new LanguageConfig(Family.QWEN2, VOCABULARY, 16, 24, 2, 4, 2, 4, 1e-6, 10000, 0, 512, false, true, -1);
        ModelConfig config = new ModelConfig(vision, language, 0.5, 2, -1, "internvl2_5", 28, true, true, 1, 12);
        VisionLanguageModel model = VisionLanguageModel.create(config, ModelOptions.frozen(DEVICE, DType.FLOAT64));
        Random random = new Random(1);
        for (Map.Entry<String, Tensor> entry : model.parameters().byName().entrySet()) {
            boolean norm = entry.getKey().contains("norm") && entry.getKey().endsWith("weight");
            double[] values = new double[(int) entry.getValue().numel()];
            Arrays.setAll(values, i -> (norm ? 1 : 0) + 0.3 * random.nextGaussian());
            try (Scope scope = new Scope()) {
                Tensors.copy(Tensors.of(scope, DEVICE, values, values.length), entry.getValue());
            }
        }
        model.parameters().publish();
        return model;
    }

    /** Token 10 is the letter a, 11 is b, and so on. */
    private static byte[] letter(int id) {
        return id < 10 ? new byte[0] : String.valueOf((char) ('a' + id - 10)).getBytes(StandardCharsets.UTF_8);
    }

    private TextGenerator generator(int maxConcurrent) {
        return new TextGenerator(model, TextGeneratorTest::letter, IMAGE, maxConcurrent);
    }

    private Prompt prompt(int length, boolean image) {
        int[] ids = random.ints(length, 8, VOCABULARY).toArray();
        if (!image) {
            return Prompt.ofText(ids);
        }
        Arrays.fill(ids, 1, 5, IMAGE);
        byte[] tile = new byte[28 * 28 * 3];
        random.nextBytes(tile);
        return new Prompt(ids, tile, 1, 28);
    }

    private List<GenerationRequest> requests(int count, GenerationOptions options) {
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            GenerationOptions own = options.withSeed(i).withMaxNewTokens(3 + 7 * i % 19);
            requests.add(new GenerationRequest(prompt(6 + 5 * i % 13, i % 2 == 0), own));
        }
        return requests;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8, 64})
    void answersDoNotDependOnWhatIsGeneratedBeside(int maxConcurrent) {
        GenerationOptions options = GenerationOptions.greedy(20)
                .withTemperature(1)
                .withLimits(20, 0.95, 0.001)
                .withRepetitionPenalty(1.1)
                .withStopTokens(Set.of(12))
                .withNumSamples(3);
        List<GenerationRequest> requests = requests(7, options);
        List<List<Generation>> together = generator(maxConcurrent).generateAll(requests, new GenerationListener() {});
        for (int i = 0; i < requests.size(); i++) {
            List<Generation> alone = generator(1)
                    .generate(requests.get(i).prompt(), requests.get(i).options());
            for (int sample = 0; sample < 3; sample++) {
                Generation a = together.get(i).get(sample);
                Generation b = alone.get(sample);
                assertThat(a.ids()).isEqualTo(b.ids());
                assertThat(a.text()).isEqualTo(b.text());
                assertThat(a.request()).isEqualTo(i);
                assertThat(a.sample()).isEqualTo(sample);
                assertThat(a.finishReason()).isEqualTo(b.finishReason());
                assertThat(a.logps()).containsExactly(b.logps(), within(1e-10));
            }
        }
        List<String> texts =
                together.stream().flatMap(List::stream).map(Generation::text).toList();
        assertThat(Set.copyOf(texts)).hasSizeGreaterThan(10);
    }

    @Test
    void greedyAnswersAreTheLargestLogitsOfTheWholeSequence() {
        Prompt prompt = prompt(9, true);
        Generation answer =
                generator(4).generate(prompt, GenerationOptions.greedy(30)).get(0);
        int[] all = IntStream.concat(IntStream.of(prompt.ids()), IntStream.of(answer.ids()))
                .toArray();
        int[] rows = IntStream.range(8, 38).toArray();
        int[] labels = answer.ids();
        int[] lengths = new int[all.length];
        int[] positions = IntStream.range(0, all.length).toArray();
        PackedBatch batch = new PackedBatch(
                prompt.tiles(),
                1,
                28,
                all,
                positions,
                lengths,
                new int[] {1, 2, 3, 4},
                List.of(Segment.whole(0, all.length)),
                rows,
                labels,
                true);
        assertThat(model.score(batch)).containsExactly(answer.logps(), within(1e-10));
        try (Scope scope = new Scope()) {
            double[] logits = model.logits(scope, batch).toDoubleArray();
            for (int i = 0; i < 30; i++) {
                int best = 0;
                for (int v = 1; v < VOCABULARY; v++) {
                    best = logits[i * VOCABULARY + v] > logits[i * VOCABULARY + best] ? v : best;
                }
                assertThat(answer.ids()[i]).isEqualTo(best);
            }
        }
        assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(answer.promptTokens()).isEqualTo(9);
    }

    @Test
    void firstTokensFollowTheModelsDistribution() {
        Prompt prompt = prompt(7, false);
        double[] expected = probabilitiesAfter(prompt.ids());
        int samples = 20_000;
        GenerationOptions options = GenerationOptions.greedy(1)
                .withTemperature(1)
                .withNumSamples(samples)
                .withSeed(5);
        int[] counts = new int[VOCABULARY];
        for (Generation answer : generator(8).generate(prompt, options)) {
            counts[answer.ids()[0]]++;
            assertThat(answer.logps()[0])
                    .isCloseTo(
                            Math.log(expected[answer.ids()[0]]),
                            within(1e-6)); // logits of drawn tokens come in single precision
        }
        double chiSquare = 0;
        for (int v = 0; v < VOCABULARY; v++) {
            double mean = samples * expected[v];
            chiSquare += (counts[v] - mean) * (counts[v] - mean) / mean;
        }
        assertThat(chiSquare).isLessThan(39 + 4 * Math.sqrt(78)); // 39 degrees of freedom
    }

    /** The second token comes from cached keys and values; the expectation from the whole sequence, computed anew. */
    @Test
    void laterTokensFollowTheDistributionOfTheWholeSequenceComputedAnew() {
        Prompt prompt = prompt(7, false);
        int samples = 20_000;
        GenerationOptions options = GenerationOptions.greedy(2)
                .withTemperature(0.7)
                .withLimits(3, 1, 0)
                .withNumSamples(samples)
                .withSeed(6);
        int[][] counts = new int[VOCABULARY][VOCABULARY];
        for (Generation answer : generator(64).generate(prompt, options)) {
            counts[answer.ids()[0]][answer.ids()[1]]++;
        }
        double chiSquare = 0;
        int degrees = 0;
        for (int first = 0; first < VOCABULARY; first++) {
            int total = Arrays.stream(counts[first]).sum();
            if (total == 0) {
                continue;
            }
            int[] longer = IntStream.concat(IntStream.of(prompt.ids()), IntStream.of(first))
                    .toArray();
            double[] kept = sharpened(probabilitiesAfter(longer), 3, 0.7);
            for (int second = 0; second < VOCABULARY; second++) {
                double mean = total * kept[second];
                if (mean == 0) {
                    assertThat(counts[first][second]).isZero();
                } else {
                    chiSquare += (counts[first][second] - mean) * (counts[first][second] - mean) / mean;
                }
            }
            degrees += 2; // three tokens each
        }
        assertThat(degrees).isBetween(4, 6);
        assertThat(chiSquare).isLessThan(degrees + 4 * Math.sqrt(2.0 * degrees));
    }

    /** Temperature and top-k applied to probabilities. */
    private static double[] sharpened(double[] probabilities, int topK, double temperature) {
        double least = Arrays.stream(probabilities)
                .sorted()
                .skip(probabilities.length - topK)
                .findFirst()
                .orElseThrow();
        double[] kept = Arrays.stream(probabilities)
                .map(p -> p >= least ? Math.pow(p, 1 / temperature) : 0)
                .toArray();
        double total = Arrays.stream(kept).sum();
        return Arrays.stream(kept).map(p -> p / total).toArray();
    }

    private double[] probabilitiesAfter(int[] ids) {
        int n = ids.length;
        PackedBatch batch = new PackedBatch(
                new byte[0],
                0,
                1,
                ids,
                IntStream.range(0, n).toArray(),
                new int[n],
                new int[0],
                List.of(Segment.whole(0, n)),
                new int[] {n - 1},
                new int[] {0},
                false);
        try (Scope scope = new Scope()) {
            double[] z = model.logits(scope, batch).toDoubleArray();
            double total = Arrays.stream(z).map(Math::exp).sum();
            return Arrays.stream(z).map(value -> Math.exp(value) / total).toArray();
        }
    }

    @Test
    void stopTokensAndStopStringsEndAnAnswer() {
        Prompt prompt = prompt(8, false);
        GenerationOptions options =
                GenerationOptions.greedy(40).withTemperature(1.5).withSeed(9);
        Generation free = generator(1).generate(prompt, options).get(0);
        int stop = free.ids()[10];
        Generation stopped = generator(1)
                .generate(prompt, options.withStopTokens(Set.of(stop)))
                .get(0);
        int at = IntStream.range(0, 40)
                .filter(i -> free.ids()[i] == stop)
                .findFirst()
                .orElseThrow();
        assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(stopped.ids()).isEqualTo(Arrays.copyOf(free.ids(), at + 1));
        String word = free.text().substring(5, 8);
        Generation cut = generator(1)
                .generate(prompt, options.withStopStrings(List.of("nowhere", word)))
                .get(0);
        assertThat(cut.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(cut.text()).isEqualTo(free.text().substring(0, free.text().indexOf(word)));
    }

    @Test
    void piecesMakeUpTheTextAndAListenerCanEndIt() {
        Prompt prompt = prompt(8, false);
        StringBuilder pieces = new StringBuilder();
        GenerationOptions options =
                GenerationOptions.greedy(25).withTemperature(1).withStopStrings(List.of("zzz"));
        Generation whole = generator(2)
                .generate(prompt, options, new GenerationListener() {
                    @Override
                    public boolean onText(long request, int sample, String piece) {
                        pieces.append(piece);
                        return true;
                    }
                })
                .get(0);
        assertThat(pieces.toString()).isEqualTo(whole.text()).isNotEmpty();
        Generation ended = generator(2)
                .generate(prompt, options, new GenerationListener() {
                    @Override
                    public boolean onText(long request, int sample, String piece) {
                        return false;
                    }
                })
                .get(0);
        assertThat(ended.finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(whole.text()).startsWith(ended.text());
    }

    @Test
    void nothingStaysBehindEvenIfTheListenerFails() {
        Prompt prompt = prompt(9, true);
        GenerationOptions options =
                GenerationOptions.greedy(4).withTemperature(1).withNumSamples(10);
        generator(2).generate(prompt, options);
        long before = Scope.numLiveTensors();
        generator(2).generate(prompt, options);
        GenerationListener failing = new GenerationListener() {
            @Override
            public void onFinished(Generation generation) {
                throw new IllegalStateException("disk full");
            }
        };
        assertThatThrownBy(() -> generator(2).generate(prompt, options, failing))
                .hasMessage("disk full");
        assertThat(Scope.numLiveTensors()).isEqualTo(before);
    }

    @Test
    void placeholdersMustFitTheImages() {
        Prompt wrong = new Prompt(new int[] {8, IMAGE, 9}, new byte[0], 0, 28);
        assertThatThrownBy(() -> generator(1).generate(wrong, GenerationOptions.greedy(1)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expected 0 image tokens")
                .hasMessageContaining("got 1");
    }
}
