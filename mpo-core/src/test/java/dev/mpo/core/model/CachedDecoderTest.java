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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Decoding with kept keys and values against computing every sequence from its beginning. */
class CachedDecoderTest {

    private static final Device DEVICE = new Device(TestDevice.name());

    private final Random random = new Random(3);

    /** A random sequence, the length of its prompt, and whether an image begins it. */
    private record Sequence(int[] ids, int promptLength, byte[] tile) {

        PackedBatch batch(int length) {
            int[] positions = new int[length];
            int[] ropeLengths = new int[length];
            for (int i = 0; i < length; i++) {
                positions[i] = i;
                ropeLengths[i] = Math.max(promptLength, i + 1);
            }
            int[] imageRows = tile.length == 0 ? new int[0] : new int[] {1, 2, 3, 4};
            return new PackedBatch(
                    tile,
                    tile.length == 0 ? 0 : 1,
                    28,
                    Arrays.copyOf(ids, length),
                    positions,
                    ropeLengths,
                    imageRows,
                    List.of(Segment.whole(0, length)),
                    new int[] {length - 1},
                    new int[] {0},
                    true);
        }

        PackedBatch prompt() {
            return batch(promptLength);
        }
    }

    private Sequence sequence(int promptLength, int length, boolean image) {
        int[] ids = random.ints(length, 8, 40).toArray();
        byte[] tile = new byte[image ? 28 * 28 * 3 : 0];
        random.nextBytes(tile);
        if (image) {
            Arrays.fill(ids, 1, 5, TinyModels.IMAGE_TOKEN);
        }
        return new Sequence(ids, promptLength, tile);
    }

    @ParameterizedTest
    @CsvSource({
        "QWEN2, LAYER_NORM, 512",
        "QWEN3, LAYER_NORM, 512",
        "UPSIDE_DOWN, LAYER_NORM, 512",
        "INTERNLM3, LAYER_NORM, 20",
        "INTERNLM2, RMS_NORM, 512",
        "INTERNLM2, LAYER_NORM, 20"
    })
    void everyStepGivesTheLogitsOfTheWholeSequence(Family family, NormType norm, int maxPositions) {
        ModelConfig config = TinyModels.shortContext(TinyModels.config(family, false, norm), maxPositions);
        List<Sequence> sequences = List.of(sequence(9, 40, true), sequence(3, 90, false), sequence(17, 48, true));
        decodeAndCompare(config, TinyModels.options(DType.FLOAT32), sequences);
    }

    @ParameterizedTest
    @CsvSource({"QWEN2", "INTERNLM2", "QWEN3", "INTERNLM3"})
    void matricesThatAreNeighboursInMemoryAreMultipliedTogether(Family family) {
        ModelConfig config = TinyModels.config(family, true, NormType.LAYER_NORM);
        List<Sequence> sequences = List.of(sequence(9, 30, true), sequence(3, 20, false));
        ModelOptions frozen = ModelOptions.frozen(DEVICE, DType.FLOAT32);
        try (VisionLanguageModel model = TinyModels.random(config, frozen, 1);
                Scope scope = new Scope()) {
            assertThat(DecodingWeights.of(scope, model).packed()).isTrue();
        }
        decodeAndCompare(config, frozen, sequences);
    }

    @ParameterizedTest
    @CsvSource({"QWEN2", "INTERNLM2", "QWEN3", "INTERNLM3"})
    void adaptersTakePart(Family family) {
        ModelConfig config = TinyModels.config(family, false, NormType.LAYER_NORM);
        List<Sequence> sequences = List.of(sequence(9, 30, true), sequence(3, 20, false));
        LoraSpec lora = new LoraSpec(2, 8, Set.of(Part.LANGUAGE));
        decodeAndCompare(config, TinyModels.options(DType.FLOAT32).withLora(lora), sequences);
    }

    private static void decodeAndCompare(ModelConfig config, ModelOptions options, List<Sequence> sequences) {
        try (VisionLanguageModel model = TinyModels.random(config, options, 1);
                CachedDecoder decoder = new CachedDecoder(model)) {
            for (Sequence sequence : sequences) {
                try (PrefilledPrompt prompt = decoder.prefill(sequence.prompt())) {
                    assertClose(prompt.logits().toFloatArray(), full(model, sequence, sequence.promptLength()));
                    decoder.add(prompt);
                }
            }
            decode(model, decoder, new ArrayList<>(sequences));
        }
    }

    /** Feeds every sequence to its end; those at their end leave, and the last one takes their number. */
    private static void decode(VisionLanguageModel model, CachedDecoder decoder, List<Sequence> active) {
        while (decoder.size() > 0) {
            int[] tokens = new int[active.size()];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = active.get(i).ids()[decoder.length(i)];
            }
            float[] logits;
            try (Scope scope = new Scope()) {
                logits = decoder.step(scope, tokens).toFloatArray();
            }
            int vocabulary = logits.length / tokens.length;
            for (int i = tokens.length - 1; i >= 0; i--) {
                float[] row = Arrays.copyOfRange(logits, i * vocabulary, (i + 1) * vocabulary);
                assertClose(row, full(model, active.get(i), decoder.length(i)));
                if (decoder.length(i) == active.get(i).ids().length) {
                    decoder.remove(i);
                    active.set(i, active.get(active.size() - 1));
                    active.remove(active.size() - 1);
                }
            }
        }
    }

    private static float[] full(VisionLanguageModel model, Sequence sequence, int length) {
        try (Scope scope = new Scope()) {
            return model.logits(scope, sequence.batch(length)).toFloatArray();
        }
    }

    private static void assertClose(float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-5f));
        }
    }

    @Test
    void aPromptIsReadOnceForManySequencesAndNothingStaysBehind() {
        ModelConfig config = TinyModels.config(Family.QWEN2, true, NormType.LAYER_NORM);
        Sequence sequence = sequence(9, 12, true);
        try (VisionLanguageModel model = TinyModels.random(config, TinyModels.options(DType.FLOAT32), 1)) {
            long before = Scope.numLiveTensors();
            try (CachedDecoder decoder = new CachedDecoder(model);
                    Scope scope = new Scope()) {
                try (PrefilledPrompt prompt = decoder.prefill(sequence.prompt())) {
                    for (int i = 0; i < 5; i++) {
                        decoder.add(prompt);
                    }
                }
                int[] tokens = new int[5];
                Arrays.fill(tokens, sequence.ids()[9]);
                float[] logits = decoder.step(scope, tokens).toFloatArray();
                float[] expected = full(model, sequence, 10);
                for (int i = 0; i < logits.length; i++) {
                    assertThat(logits[i]).isCloseTo(expected[i % expected.length], within(1e-5f));
                }
            }
            assertThat(Scope.numLiveTensors()).isEqualTo(before);
        }
    }
}
