package dev.mpo.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.config.NormType;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.testkit.TestDevice;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prompts that begin like earlier ones against prompts that are read from their beginning. */
class PrefixCacheTest {

    private static final long PLENTY = 1L << 30;
    private static final int TILE_BYTES = 28 * 28 * 3;

    private final Random random = new Random(5);

    /** The first token, two tiles of four image tokens each, then text. */
    private PackedBatch prompt(byte[] tiles, int... text) {
        int length = 9 + text.length;
        int[] ids = new int[length];
        ids[0] = 8;
        Arrays.fill(ids, 1, 9, TinyModels.IMAGE_TOKEN);
        System.arraycopy(text, 0, ids, 9, text.length);
        int[] lengths = new int[length];
        Arrays.fill(lengths, length);
        return new PackedBatch(
                tiles,
                2,
                28,
                ids,
                IntStream.range(0, length).toArray(),
                lengths,
                IntStream.range(1, 9).toArray(),
                List.of(Segment.whole(0, length)),
                new int[] {length - 1},
                new int[] {0},
                true);
    }

    private byte[] tiles() {
        byte[] tiles = new byte[2 * TILE_BYTES];
        random.nextBytes(tiles);
        return tiles;
    }

    private int[] text(int length) {
        return random.ints(length, 8, 40).toArray();
    }

    private static int[] joined(int[] a, int... b) {
        int[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    private static void compare(CachedDecoder decoder, PackedBatch prompt, PrefixCache cache, int reused) {
        try (PrefilledPrompt plain = decoder.prefill(prompt);
                PrefilledPrompt read = decoder.prefill(prompt, cache)) {
            assertThat(read.reused()).isEqualTo(reused);
            assertThat(read.length()).isEqualTo(prompt.numTokens());
            assertClose(read.logits().toFloatArray(), plain.logits().toFloatArray());
            decoder.add(read);
            decoder.add(plain);
            try (Scope scope = new Scope()) {
                float[] next = decoder.step(scope, new int[] {9, 9}).toFloatArray();
                int half = next.length / 2;
                assertClose(Arrays.copyOf(next, half), Arrays.copyOfRange(next, half, next.length));
            }
            decoder.remove(1);
            decoder.remove(0);
        }
    }

    private static void assertClose(float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-5f));
        }
    }

    @ParameterizedTest
    @CsvSource({"QWEN2,false", "INTERNLM2,false", "QWEN3,false", "INTERNLM3,false", "QWEN2,true", "INTERNLM2,true"})
    void whatFollowsACommonBeginningIsWhatItWouldBeAlone(Family family, boolean adapters) {
        ModelConfig config = TinyModels.config(family, false, NormType.LAYER_NORM);
        ModelOptions frozen = ModelOptions.frozen(new Device(TestDevice.name()), DType.FLOAT32);
        ModelOptions options = adapters
                ? TinyModels.options(DType.FLOAT32).withLora(new LoraSpec(2, 8, Set.of(Part.LANGUAGE)))
                : frozen;
        byte[] tiles = tiles();
        int[] beginning = text(20);
        byte[] otherSecond = tiles.clone();
        otherSecond[TILE_BYTES + 3]++;
        try (VisionLanguageModel model = TinyModels.random(config, options, 1);
                CachedDecoder decoder = new CachedDecoder(model);
                PrefixCache cache = new PrefixCache(PLENTY)) {
            compare(decoder, prompt(tiles, joined(beginning, text(7))), cache, 0);
            compare(decoder, prompt(tiles, joined(beginning, text(30))), cache, 29);
            compare(decoder, prompt(tiles, beginning), cache, 28); // the logits of its end are new
            compare(decoder, prompt(tiles, beginning), cache, 29); // and now they are known
            // The same tokens stand for other pixels from the fifth image token on, which is too early to share.
            compare(decoder, prompt(otherSecond, joined(beginning, text(3))), cache, 0);
        }
    }

    @Test
    void aTileThatWasSeenIsNotEncodedAgainWhereverItStands() {
        ModelConfig config = TinyModels.config(Family.QWEN2, false, NormType.LAYER_NORM);
        byte[] tiles = tiles();
        byte[] turned = new byte[tiles.length];
        System.arraycopy(tiles, 0, turned, TILE_BYTES, TILE_BYTES);
        System.arraycopy(tiles, TILE_BYTES, turned, 0, TILE_BYTES);
        ModelOptions frozen = ModelOptions.frozen(new Device(TestDevice.name()), DType.FLOAT32);
        try (VisionLanguageModel model = TinyModels.random(config, frozen, 1);
                CachedDecoder decoder = new CachedDecoder(model);
                PrefixCache cache = new PrefixCache(PLENTY)) {
            compare(decoder, prompt(tiles, text(12)), cache, 0);
            long prompts = cache.numBytes();
            compare(decoder, prompt(turned, text(12)), cache, 0);
            long features = 2L * 4 * config.language().hiddenSize() * Float.BYTES;
            assertThat(cache.numBytes() - prompts).isEqualTo(prompts - features);
        }
    }

    @Test
    void theLimitHoldsAndNothingStaysBehind() {
        ModelConfig config = TinyModels.config(Family.QWEN2, true, NormType.LAYER_NORM);
        ModelOptions frozen = ModelOptions.frozen(new Device(TestDevice.name()), DType.FLOAT32);
        try (VisionLanguageModel model = TinyModels.random(config, frozen, 1)) {
            long before = Scope.numLiveTensors();
            try (CachedDecoder decoder = new CachedDecoder(model);
                    PrefixCache cache = new PrefixCache(40_000)) {
                for (int i = 0; i < 30; i++) {
                    compare(decoder, prompt(tiles(), text(5 + random.nextInt(60))), cache, 0);
                    assertThat(cache.numBytes()).isLessThanOrEqualTo(40_000);
                }
                assertThat(cache.numBytes()).isPositive();
            }
            assertThat(Scope.numLiveTensors()).isEqualTo(before);
        }
    }

    @Test
    void lengthsThatChangeTheRotationAreReadFromTheBeginning() {
        int most = 64;
        ModelConfig config =
                TinyModels.shortContext(TinyModels.config(Family.INTERNLM2, false, NormType.LAYER_NORM), most);
        ModelOptions frozen = ModelOptions.frozen(new Device(TestDevice.name()), DType.FLOAT32);
        assertThat(config.language().dynamicNtkFactor()).isPositive();
        byte[] tiles = tiles();
        int[] beginning = text(most - 20);
        try (VisionLanguageModel model = TinyModels.random(config, frozen, 1);
                CachedDecoder decoder = new CachedDecoder(model);
                PrefixCache cache = new PrefixCache(PLENTY)) {
            compare(decoder, prompt(tiles, beginning), cache, 0);
            compare(decoder, prompt(tiles, joined(beginning, text(2))), cache, most - 11);
            compare(decoder, prompt(tiles, joined(beginning, text(60))), cache, 0);
        }
    }
}
