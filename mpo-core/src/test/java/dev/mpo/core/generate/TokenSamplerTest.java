package dev.mpo.core.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mpo.core.ConfigException;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The choice of one token against distributions computed the plain way. */
class TokenSamplerTest {

    private static final GenerationOptions SAMPLED = GenerationOptions.greedy(1).withTemperature(1);

    private static float[] logits(int size, double spread, long seed) {
        Random random = new Random(seed);
        float[] logits = new float[size];
        for (int i = 0; i < size; i++) {
            logits[i] = (float) (spread * random.nextGaussian());
        }
        return logits;
    }

    /** Softmax, sorted filters and renormalisation, written without regard to speed. */
    private static double[] expected(float[] logits, GenerationOptions o) {
        int n = logits.length;
        double[] p = softmax(logits, o.temperature());
        Integer[] order = new Integer[n];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Double.compare(p[b], p[a]));
        boolean[] kept = new boolean[n];
        int numKept = o.topK() == 0 ? n : Math.min(n, o.topK());
        double mass = 0;
        for (int i = 0; i < numKept; i++) {
            mass += p[order[i]];
        }
        double sum = 0;
        for (int i = 0; i < numKept && sum < o.topP() * mass; i++) {
            kept[order[i]] = true;
            sum += p[order[i]];
        }
        double total = 0;
        double[] out = new double[n];
        for (int i = 0; i < n; i++) {
            out[i] = kept[i] && p[i] >= o.minP() * p[order[0]] ? p[i] : 0;
            total += out[i];
        }
        for (int i = 0; i < n; i++) {
            out[i] /= total;
        }
        return out;
    }

    private static double[] softmax(float[] logits, double temperature) {
        double[] p = new double[logits.length];
        double total = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp(logits[i] / temperature);
            total += p[i];
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= total;
        }
        return p;
    }

    /** What each token's probability is proportional to by the sampler; 0 for those that it never draws. */
    private static double[] weights(float[] logits, GenerationOptions options) {
        TokenSampler sampler = new TokenSampler();
        sampler.choose(logits.clone(), options, Set.of(), 0);
        double[] all = new double[logits.length];
        int[] candidates = sampler.candidates();
        double[] found = sampler.candidateWeights();
        for (int i = 0; i < candidates.length; i++) {
            all[candidates[i]] = found[i];
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, 1, 0",
        "0.3, 0, 1, 0",
        "2, 0, 1, 0",
        "1, 5, 1, 0",
        "1, 0, 0.8, 0",
        "1, 0, 1, 0.1",
        "0.7, 20, 0.9, 0.02",
        "1, 1, 1, 0",
        "1, 1000, 0.5, 0"
    })
    void drawsFollowTheExactDistribution(double temperature, int topK, double topP, double minP) {
        GenerationOptions options = SAMPLED.withTemperature(temperature).withLimits(topK, topP, minP);
        float[] logits = logits(40, 1.5, 7);
        double[] expected = expected(logits, options);
        double[] weights = weights(logits, options);
        double total = Arrays.stream(weights).sum();
        int draws = 40_000;
        TokenSampler sampler = new TokenSampler();
        int[] counts = new int[logits.length];
        for (int i = 0; i < draws; i++) {
            double uniform = DrawNumbers.uniform(11, i, 0);
            counts[sampler.choose(logits.clone(), options, Set.of(), uniform)]++;
        }
        double chiSquare = 0;
        int cells = 0;
        for (int i = 0; i < counts.length; i++) {
            assertThat(weights[i] / total).isCloseTo(expected[i], within(1e-12));
            if (expected[i] == 0) {
                assertThat(counts[i]).isZero();
            } else {
                double mean = draws * expected[i];
                chiSquare += (counts[i] - mean) * (counts[i] - mean) / Math.max(mean, 1);
                cells++;
            }
        }
        // chi-square with k degrees of freedom: mean k, variance 2 k; four deviations above
        assertThat(chiSquare).isLessThan(cells + 4 * Math.sqrt(2.0 * cells) + 1);
    }

    @Test
    void penalisedDrawsFollowTheExactDistributionOfThePenalisedLogits() {
        double penalty = 1.7;
        float[] logits = logits(30, 0.7, 3);
        Set<Integer> seen = Set.of(0, 3, 4, 11, 29);
        assertThat(seen.stream().map(id -> Math.signum(logits[id])).distinct()).hasSize(2); // both rules are used
        float[] penalised = logits.clone();
        for (int id : seen) {
            penalised[id] = (float) (logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty);
        }
        GenerationOptions limits = SAMPLED.withTemperature(1.5).withLimits(25, 0.99, 0.001);
        double[] expected = expected(penalised, limits);
        TokenSampler sampler = new TokenSampler();
        int draws = 40_000;
        int[] counts = new int[logits.length];
        for (int i = 0; i < draws; i++) {
            double uniform = DrawNumbers.uniform(2, i, 5);
            counts[sampler.choose(logits.clone(), limits.withRepetitionPenalty(penalty), seen, uniform)]++;
        }
        double chiSquare = 0;
        int cells = 0;
        for (int i = 0; i < counts.length; i++) {
            double mean = draws * expected[i];
            if (mean == 0) {
                assertThat(counts[i]).isZero();
            } else {
                chiSquare += (counts[i] - mean) * (counts[i] - mean) / mean;
                cells++;
            }
        }
        assertThat(cells).isBetween(5, 25);
        assertThat(chiSquare).isLessThan(cells + 4 * Math.sqrt(2.0 * cells) + 1);
    }

    @Test
    void theNucleusIsExactOnAVocabularyOfRealSize() {
        float[] logits = logits(150_000, 3, 2);
        GenerationOptions options = SAMPLED.withLimits(0, 0.9, 0);
        double[] expected = expected(logits, options);
        double[] weights = weights(logits, options);
        for (int i = 0; i < weights.length; i++) {
            assertThat(weights[i] > 0).isEqualTo(expected[i] > 0);
        }
    }

    @Test
    void thePenaltyPullsBothSignsDown() {
        float[] logits = {2, -1, 1.5f};
        GenerationOptions greedy = GenerationOptions.greedy(1).withRepetitionPenalty(2);
        assertThat(new TokenSampler().choose(logits, greedy, Set.of(0, 1), 0)).isEqualTo(2);
        assertThat(logits).containsExactly(1, -2, 1.5f);
    }

    @Test
    void numbersOfASampleDependOnNothingElse() {
        assertThat(DrawNumbers.uniform(1, 2, 3)).isEqualTo(DrawNumbers.uniform(1, 2, 3));
        double sum = 0;
        for (int i = 0; i < 10_000; i++) {
            double u = DrawNumbers.uniform(i % 10, i / 10 % 10, i / 100);
            assertThat(u).isBetween(0.0, 1.0);
            sum += u;
        }
        assertThat(sum / 10_000).isCloseTo(0.5, within(0.01));
    }

    @Test
    void optionsOutOfRangeAreNamed() {
        assertThatThrownBy(() -> SAMPLED.withLimits(0, 0, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("top_p")
                .hasMessageContaining("0.0");
        assertThatThrownBy(() -> SAMPLED.withTemperature(Double.NaN)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> SAMPLED.withMaxNewTokens(0)).hasMessageContaining("max_new_tokens");
    }
}
