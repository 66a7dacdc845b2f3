package dev.mpo.train.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.PackedBatch;
import dev.mpo.core.model.Segment;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Scope;
import dev.mpo.data.pair.EncodedPair;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.testkit.SharedFiles;
import dev.mpo.train.Checksums;
import dev.mpo.train.GoldenRuns;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.step.PackedPairs;
import dev.mpo.train.step.PairLogps;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Models with adapters, switched on, switched off and merged, against the recordings of the reference. */
class GoldenLoraTest {

    private static final double LOGPS_TOLERANCE = 1e-3;
    private static final double TOLERANCE = 1e-4;

    @TempDir
    Path temp;

    @TestFactory
    Stream<DynamicTest> adaptersActAndMergeAsRecorded() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode golden : GoldenRuns.read(SharedFiles.require("goldens/golden/h_lora/lora.json"))) {
            for (String mode : List.of("branched", "plain")) {
                String name = golden.get("checkpoint").textValue() + " "
                        + golden.get("wrap").textValue() + " " + mode;
                tests.add(DynamicTest.dynamicTest(name, () -> check(golden, mode)));
            }
        }
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    private void check(JsonNode golden, String mode) throws IOException {
        Path work = Files.createTempDirectory(temp, "lora");
        List<JsonNode> samples = new ArrayList<>();
        golden.get("samples").forEach(samples::add);
        List<String> settings = new ArrayList<>(GoldenRuns.data(golden, samples, work));
        settings.add("model.path=" + GoldenRuns.checkpoint(golden));
        settings.add("engine.mode=" + mode);
        settings.add("train.precision=fp32");
        settings.addAll(GoldenRuns.adapters(
                golden.get("wrap").textValue(),
                golden.get("r").intValue(),
                golden.get("lora_alpha").doubleValue(),
                golden.get("adapter_file").textValue()));
        RunConfig config = RunConfig.load(List.of(), settings);
        try (Training training = Training.open(config)) {
            List<EncodedPair> pairs = new ArrayList<>();
            for (PairDataset dataset : training.data().datasets()) {
                pairs.add(training.data().encoder().encode(dataset, 0));
            }
            VisionLanguageModel policy = training.policy();
            PackedPairs packed =
                    Training.packer(config, training.folder(), training.data()).pack(pairs);
            checkLogps(golden, "", packed, policy);
            checkFeatures(golden, pairs, policy);
            checkLastLogits(golden, pairs, policy, training.data().imageTokenId());
            checkSwitchedOff(training.folder(), packed, policy);
            LoraWeights.merge(policy);
            checkLogps(golden, "merged_", packed, policy);
            Map<String, double[]> weights =
                    Checksums.named(policy.config(), policy.parameters().byName());
            for (var merged : golden.get("merged_weights").properties()) {
                double[] found = weights.get(merged.getKey());
                Checksums.check(merged.getKey(), merged.getValue(), found, 1e-6, 1e-6);
            }
        }
    }

    private static void checkLogps(JsonNode golden, String prefix, PackedPairs packed, VisionLanguageModel policy) {
        PairLogps logps = PairLogps.of(packed, policy.score(packed.batch()));
        for (int i = 0; i < packed.numPairs(); i++) {
            assertThat(logps.chosen()[i])
                    .isCloseTo(golden.get(prefix + "chosen_logps").get(i).doubleValue(), within(LOGPS_TOLERANCE));
            assertThat(logps.rejected()[i])
                    .isCloseTo(golden.get(prefix + "rejected_logps").get(i).doubleValue(), within(LOGPS_TOLERANCE));
        }
        double nll = -Arrays.stream(logps.chosen()).sum()
                / Arrays.stream(packed.chosenLengths()).sum();
        assertThat(nll).isCloseTo(golden.get("nll_loss").doubleValue(), within(TOLERANCE));
    }

    /** The reference feeds one white tile for a pair without images. */
    private static void checkFeatures(JsonNode golden, List<EncodedPair> pairs, VisionLanguageModel policy) {
        int size = policy.config().imageSize();
        byte[] white = new byte[size * size * 3];
        Arrays.fill(white, (byte) 255);
        ByteArrayOutputStream tiles = new ByteArrayOutputStream();
        for (EncodedPair pair : pairs) {
            tiles.writeBytes(pair.numTiles() == 0 ? white : pair.tiles().pixels());
        }
        int count = tiles.size() / white.length;
        PackedBatch batch = new PackedBatch(
                tiles.toByteArray(),
                count,
                size,
                new int[] {0},
                new int[] {0},
                new int[] {1},
                new int[0],
                List.of(Segment.whole(0, 1)),
                new int[0],
                new int[0],
                false);
        try (Scope scope = new Scope()) {
            double[] features = policy.encodeImages(scope, batch).toDoubleArray();
            Checksums.check("features", golden.get("features"), features, TOLERANCE, 0);
        }
    }

    /** Chosen sequences first, then rejected ones, as the reference stacks them. */
    private static void checkLastLogits(
            JsonNode golden, List<EncodedPair> pairs, VisionLanguageModel policy, int imageTokenId) {
        List<int[]> sequences = new ArrayList<>();
        pairs.forEach(pair -> sequences.add(pair.chosenIds()));
        pairs.forEach(pair -> sequences.add(pair.rejectedIds()));
        for (int row = 0; row < sequences.size(); row++) {
            int[] ids = sequences.get(row);
            EncodedPair pair = pairs.get(row % pairs.size());
            int last = golden.get("last_token_positions").get(row).intValue();
            assertThat(ids).hasSize(last + 1);
            int[] rows = java.util.stream.IntStream.range(0, ids.length).toArray();
            int[] lengths = new int[ids.length];
            Arrays.fill(lengths, ids.length);
            PackedBatch batch = new PackedBatch(
                    pair.tiles().pixels(),
                    pair.numTiles(),
                    pair.tiles().size(),
                    ids,
                    rows,
                    lengths,
                    Arrays.stream(rows).filter(t -> ids[t] == imageTokenId).toArray(),
                    List.of(Segment.whole(0, ids.length)),
                    new int[] {last},
                    new int[] {0},
                    false);
            try (Scope scope = new Scope()) {
                double[] logits = policy.logits(scope, batch).toDoubleArray();
                JsonNode expected = golden.get("last_token_logits_first16").get(row);
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(logits[i]).isCloseTo(expected.get(i).doubleValue(), within(TOLERANCE));
                }
            }
        }
    }

    private static void checkSwitchedOff(ModelFolder folder, PackedPairs packed, VisionLanguageModel policy) {
        double[] off = policy.scoreWithoutAdapters(packed.batch());
        assertThat(off).isNotEqualTo(policy.score(packed.batch()));
        try (VisionLanguageModel base =
                folder.load(ModelOptions.frozen(policy.options().device(), DType.FLOAT32))) {
            // Equal but for rounding: only a layer without adapters multiplies neighbouring matrices together.
            assertThat(off).containsExactly(base.score(packed.batch()), within(1e-5));
        }
    }
}
