package dev.mpo.data.pair;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.meta.PathMap;
import dev.mpo.data.text.ChatTemplate;
import dev.mpo.data.text.ImageTokens;
import dev.mpo.data.text.Tokenizer;
import dev.mpo.data.text.Tokenizers;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Compares every pair of every recorded run with the reference's ids, label spans, tiles and pixels. */
final class GoldenPairsTest {

    private static final String FOLDER = "goldens/golden/c_tokenization/";

    @TestFactory
    Stream<DynamicTest> everyRunIsEncodedAsTheReferenceEncodesIt() throws IOException {
        JsonNode golden = new JsonMapper()
                .readTree(SharedFiles.require(FOLDER + "samples.json").toFile());
        List<DynamicTest> tests = new ArrayList<>();
        for (Map.Entry<String, JsonNode> run : golden.get("runs").properties()) {
            tests.add(DynamicTest.dynamicTest(run.getKey(), () -> checkRun(golden, run.getValue())));
        }
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> repeatTimeGivesTheReferencesNumberOfPairs() throws IOException {
        JsonNode golden = new JsonMapper()
                .readTree(SharedFiles.require(FOLDER + "data_order.json").toFile());
        Map<String, PairDataset> datasets = open();
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode expected : golden.get("datasets")) {
            String name = expected.get("dataset").textValue();
            tests.add(DynamicTest.dynamicTest(name, () -> {
                assertThat(datasets.get(name).pairsPerEpoch())
                        .isEqualTo(expected.get("length").longValue());
                datasets.get(name).close();
            }));
        }
        return tests.stream();
    }

    private static Map<String, PairDataset> open() {
        return PairDataset.load(List.of(SharedFiles.require("goldens/dataset/meta.json")), PathMap.none()).stream()
                .collect(Collectors.toMap(PairDataset::name, Function.identity()));
    }

    private static void checkRun(JsonNode golden, JsonNode run) {
        TileOptions tiles = new TileOptions(
                golden.get("image_size").intValue(),
                1,
                golden.get("default_max_dynamic_patch").intValue(),
                true,
                true);
        PairOptions options = PairOptions.of(
                tiles,
                golden.get("num_image_token").intValue(),
                run.get("max_seq_length").intValue(),
                OnTooLong.CUT);
        Map<String, PairDataset> datasets = open();
        try (Tokenizer tokenizer = Tokenizers.load(
                SharedFiles.require("goldens/tokenizers/" + run.get("tokenizer").textValue()))) {
            PairEncoder encoder = PairEncoder.create(tokenizer, ChatTemplate.of("internvl2_5"), options);
            int imageToken = tokenizer.tokenId(ImageTokens.CONTEXT);
            for (Map.Entry<String, JsonNode> dataset : run.get("datasets").properties()) {
                for (int row = 0; row < dataset.getValue().size(); row++) {
                    checkRow(
                            encoder,
                            datasets.get(dataset.getKey()),
                            row,
                            dataset.getValue().get(row),
                            imageToken);
                }
            }
        } finally {
            datasets.values().forEach(PairDataset::close);
        }
    }

    private static void checkRow(PairEncoder encoder, PairDataset dataset, int row, JsonNode expected, int imageToken) {
        String name = dataset.name() + "[" + row + "]";
        EncodeOutcome outcome = encoder.tryEncode(dataset, row, 0);
        if (GoldenPair.hasMisplacedFeatures(expected, imageToken, encoder.options())) {
            // The reference trains on with misplaced features; such pairs must be refused here.
            assertThat(outcome).as(name).isInstanceOf(EncodeOutcome.Refused.class);
            return;
        }
        assertThat(outcome).as(name).isInstanceOf(EncodeOutcome.Encoded.class);
        EncodedPair pair = ((EncodeOutcome.Encoded) outcome).pair();
        GoldenPair.check(name, pair, expected);
        assertThat(outcome.trainable() == outcome).as(name).isEqualTo(GoldenPair.isLabelled(expected));
    }
}
