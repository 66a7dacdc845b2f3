package dev.mpo.data.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.DataException;
import dev.mpo.data.image.DecodeOptions;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.text.ChatTemplate;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PairEncoderTest {

    // Tiles of 28 pixels with 2 visual tokens each: a 56x28 picture gives 2 tiles and a thumbnail.
    private static final int PER_TILE = 2;
    private static final TileOptions TILES = new TileOptions(28, 1, 6, true, true);
    private static final int NO_LIMIT = 100_000;

    @TempDir
    private Path folder;

    @Test
    void aSingleImageIsPutInFrontOfAQuestionWithoutMarker() {
        EncodedPair pair =
                encode("{\"image\": \"wide.png\", \"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"rr\"}");
        assertThat(prompt(pair)).endsWith("user\n<img>" + "<IMG_CONTEXT>".repeat(6) + "</img>\nq<|im_end|>\n");
        assertThat(pair.numTiles()).isEqualTo(3);
        assertThat(pair.tiles().count()).isEqualTo(3);
        assertThat(pair.numImageTokens()).isEqualTo(6);
        assertThat(labels(pair.chosenIds(), pair.chosenLabelSpans())).isEqualTo("c<|im_end|>");
        assertThat(labels(pair.rejectedIds(), pair.rejectedLabelSpans())).isEqualTo("rr<|im_end|>");
        assertThat(pair.dataset()).isEqualTo("set");
        assertThat(pair.line()).isZero();
        assertThat(pair.where()).isEqualTo(folder.resolve("set.jsonl") + ":1");
        assertThat(pair.truncated()).isFalse();
    }

    @Test
    void onlyTheFirstMarkerOfASingleImageIsReplaced() {
        EncodedPair pair = encode(
                "{\"image\": \"small.png\", \"question\": \"a <image> b <image>\", \"chosen\": \"<image>\", \"rejected\": \"\"}");
        assertThat(prompt(pair)).endsWith("user\na <img><IMG_CONTEXT><IMG_CONTEXT></img> b <image><|im_end|>\n");
        assertThat(labels(pair.chosenIds(), pair.chosenLabelSpans())).isEqualTo("<image><|im_end|>");
    }

    @Test
    void severalImagesShareTheLimitOfTiles() {
        EncodedPair pair = encode("{\"image\": [\"wide.png\", \"small.png\", \"wide.png\"], \"question\":"
                + " \"<image><image><image>\", \"chosen\": \"c\", \"rejected\": \"r\"}");
        // 6 / 3 = 2 tiles each: the wide pictures still get theirs and a thumbnail.
        assertThat(pair.numTiles()).isEqualTo(3 + 1 + 3);
        EncodedPair four = encode("{\"image\": [\"wide.png\", \"small.png\", \"wide.png\", \"wide.png\"], \"question\":"
                + " \"<image><image><image><image>\", \"chosen\": \"c\", \"rejected\": \"r\"}");
        assertThat(four.numTiles()).isEqualTo(4);
    }

    @Test
    void aListOfOneImageIsNotGivenAMarker() {
        assertThat(encode(
                                "{\"image\": [\"wide.png\"], \"question\": \"<image>\", \"chosen\": \"\", \"rejected\": \"\"}")
                        .numTiles())
                .isEqualTo(3);
        assertBad(
                "{\"image\": [\"wide.png\"], \"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}",
                "\"question\" has 0 <image> but \"image\" lists 1: write one <image> for each image");
    }

    @Test
    void aTextOnlyRowHasNoTilesAndKeepsMarkersAsText() {
        EncodedPair pair =
                encode("{\"question\": \"see <image>\", \"chosen\": \"c\", \"rejected\": \"r\", \"image\": \"\"}");
        assertThat(prompt(pair)).endsWith("user\nsee <image><|im_end|>\n");
        assertThat(pair.numTiles()).isZero();
        assertThat(pair.tiles().count()).isZero();
        assertThat(pair.numImageTokens()).isZero();
    }

    @Test
    void withoutPixelsTheTokensAreTheSame() {
        List<String> rows = List.of(
                "{\"image\": \"wide.png\", \"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}",
                "{\"image\": [\"wide.png\", \"small.png\"], \"question\": \"<image><image>\", \"chosen\": \"c\","
                        + " \"rejected\": \"r\"}",
                Workspace.textRow("q"));
        PairEncoder encoder = encoder(NO_LIMIT, OnTooLong.CUT);
        try (PairDataset dataset = dataset(rows, Map.of())) {
            for (int row = 0; row < rows.size(); row++) {
                EncodedPair full = encoder.encode(dataset, row);
                EncodedPair tokens = encoder.withoutPixels().encode(dataset, row);
                assertThat(tokens.chosenIds()).isEqualTo(full.chosenIds());
                assertThat(tokens.rejectedIds()).isEqualTo(full.rejectedIds());
                assertThat(tokens.numTiles()).isEqualTo(full.numTiles());
                assertThat(tokens.tiles().count()).isZero();
            }
        }
    }

    @Test
    void aDataSetsOwnLimitOfTilesReplacesTheRuns() {
        String row = "{\"image\": \"wide.png\", \"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}";
        try (PairDataset dataset = dataset(List.of(row), Map.of("max_dynamic_patch", 1))) {
            assertThat(encoder(NO_LIMIT, OnTooLong.CUT).encode(dataset, 0).numTiles())
                    .isEqualTo(1);
        }
    }

    @Test
    void augmentationChangesPixelsOnlyWhereTheMetaFileAsksForIt() {
        String row = "{\"image\": \"wide.png\", \"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}";
        PairEncoder plain = encoder(NO_LIMIT, OnTooLong.CUT);
        PairEncoder augmenting = PairEncoder.create(
                new CharacterTokenizer(),
                ChatTemplate.of("internvl2_5"),
                plain.options().withAugmentation(5));
        try (PairDataset dataset = dataset(List.of(row), Map.of("data_augment", true))) {
            byte[] original = plain.encode(dataset, 0).tiles().pixels();
            byte[] augmented = augmenting.encode(dataset, 0).tiles().pixels();
            assertThat(augmented).hasSameSizeAs(original).isNotEqualTo(original);
            assertThat(augmenting.encode(dataset, 0).tiles().pixels()).isEqualTo(augmented);
        }
        try (PairDataset dataset = dataset(List.of(row), Map.of())) {
            assertThat(augmenting.encode(dataset, 0).tiles().pixels())
                    .isEqualTo(plain.encode(dataset, 0).tiles().pixels());
        }
    }

    @Test
    void imagesOverTheLimitOfPixelsAreBad() {
        String row = "{\"image\": \"wide.png\", \"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}";
        PairOptions options = encoder(NO_LIMIT, OnTooLong.CUT)
                .options()
                .withDecoding(DecodeOptions.defaults().withMaxPixels(56 * 28 - 1));
        try (PairDataset dataset = dataset(List.of(row), Map.of())) {
            assertThat(PairEncoder.create(new CharacterTokenizer(), ChatTemplate.of("internvl2_5"), options)
                            .tryEncode(dataset, 0, 0))
                    .isInstanceOfSatisfying(
                            EncodeOutcome.Bad.class,
                            bad -> assertThat(bad.cause())
                                    .hasMessageContaining(dataset.where(0))
                                    .hasMessageContaining("56x28"));
        }
    }

    @Test
    void aWrongNumberOfMarkersNamesTheLineAndBothNumbers() {
        assertBad(
                "{\"image\": [\"wide.png\", \"small.png\"], \"question\": \"<image>\", \"chosen\": \"c\", \"rejected\": \"r\"}",
                "\"question\" has 1 <image> but \"image\" lists 2");
        assertBad(
                "{\"image\": [\"wide.png\"], \"question\": \"<image><image>\", \"chosen\": \"c\", \"rejected\": \"r\"}",
                "\"question\" has 2 <image> but \"image\" lists 1");
    }

    @Test
    void rowsThatCannotBeUsedAreBadWithTheirPlace() {
        assertBad("{\"image\": \"gone.png\", \"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}", "gone.png");
        assertBad(
                "{\"image\": \"s3://x/y.png\", \"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}", "s3://");
        assertBad("{\"question\": \"q\"", "not valid JSON");
        assertBad("{\"question\": \"q\", \"chosen\": \"c\"}", "\"rejected\" is missing");
        assertBad(
                "{\"video\": \"v.mp4\", \"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}",
                "expected a video file or a folder of frames, found nothing");
        assertBad(
                "{\"question\": \"q\", \"chosen\": \"a <IMG_CONTEXT>\", \"rejected\": \"r\"}",
                "spells out the reserved token <IMG_CONTEXT>");
    }

    @Test
    void aLongAnswerIsCutDroppedOrRefused() {
        String row = "{\"question\": \"q\", \"chosen\": \"0123456789\", \"rejected\": \"r\"}";
        EncodedPair whole = encode(row);
        int limit = whole.chosenIds().length - 5; // loses \n, <|im_end|>, 9, 8, 7
        try (PairDataset dataset = dataset(List.of(row), Map.of())) {
            EncodedPair cut = encoder(limit, OnTooLong.CUT).encode(dataset, 0);
            assertThat(cut.chosenIds()).hasSize(limit);
            assertThat(labels(cut.chosenIds(), cut.chosenLabelSpans())).isEqualTo("0123456");
            assertThat(cut.chosenTruncated()).isTrue();
            assertThat(cut.rejectedTruncated()).isFalse();
            assertThat(cut.rejectedIds()).isEqualTo(whole.rejectedIds());

            assertThat(encoder(limit, OnTooLong.DROP).tryEncode(dataset, 0, 0))
                    .isInstanceOfSatisfying(
                            EncodeOutcome.Dropped.class,
                            dropped -> assertThat(dropped.reason()).contains("need " + (limit + 5), "limit " + limit));
            assertThat(encoder(limit, OnTooLong.FAIL).tryEncode(dataset, 0, 0))
                    .isInstanceOf(EncodeOutcome.Refused.class);
            assertThatThrownBy(() -> encoder(limit, OnTooLong.FAIL).encode(dataset, 0))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("the pair is too long: need " + (limit + 5) + " tokens, limit " + limit);
        }
    }

    @Test
    void imageTokensAreNeverCut() {
        String row = "{\"image\": \"wide.png\", \"question\": \"q\", \"chosen\": \"cc\", \"rejected\": \"r\"}";
        int need = encode(row).chosenIds().length;
        int limit = prompt(encode(row)).indexOf("<img>") - 30;
        try (PairDataset dataset = dataset(List.of(row), Map.of())) {
            assertThat(encoder(limit, OnTooLong.CUT).tryEncode(dataset, 0, 0))
                    .isInstanceOfSatisfying(
                            EncodeOutcome.Refused.class,
                            refused -> assertThat(refused.cause())
                                    .hasMessageStartingWith(dataset.where(0) + ": the image tokens do not fit")
                                    .hasMessageContaining("need " + need + " tokens")
                                    .hasMessageContaining("limit " + limit)
                                    .hasMessageContaining("tiles 3 x 2 = 6 image tokens")
                                    .hasMessageContaining("raise data.max_seq_length to " + need)
                                    .hasMessageContaining("lower data.max_dynamic_patch (now 6)")
                                    .hasMessageContaining("data.on_too_long=drop"));
            assertThat(encoder(limit, OnTooLong.DROP).tryEncode(dataset, 0, 0))
                    .isInstanceOf(EncodeOutcome.Dropped.class);
        }
    }

    @Test
    void aPairWithoutChosenLabelsCannotBeTrained() {
        String row = "{\"question\": \"q\", \"chosen\": \"c\", \"rejected\": \"r\"}";
        int limit = encode(row).chosenLabelSpans()[0][0];
        try (PairDataset dataset = dataset(List.of(row), Map.of())) {
            EncodeOutcome outcome = encoder(limit, OnTooLong.CUT).tryEncode(dataset, 0, 0);
            assertThat(outcome).isInstanceOf(EncodeOutcome.Encoded.class);
            assertThat(outcome.trainable())
                    .isInstanceOfSatisfying(
                            EncodeOutcome.Bad.class,
                            bad -> assertThat(bad.cause())
                                    .hasMessageContaining(dataset.where(0) + ": nothing of the chosen answer is left"));
            EncodeOutcome whole = encoder(limit + 1, OnTooLong.CUT).tryEncode(dataset, 0, 0);
            assertThat(whole.trainable()).isSameAs(whole);
        }
    }

    private void assertBad(String row, String reason) {
        try (PairDataset dataset = dataset(List.of(Workspace.textRow("fine"), row), Map.of())) {
            assertThat(encoder(NO_LIMIT, OnTooLong.CUT).tryEncode(dataset, 1, 0))
                    .isInstanceOfSatisfying(
                            EncodeOutcome.Bad.class,
                            bad -> assertThat(bad.cause())
                                    .hasMessageStartingWith(folder.resolve("set.jsonl") + ":2:")
                                    .hasMessageContaining(reason));
        }
    }

    private EncodedPair encode(String row) {
        try (PairDataset dataset = dataset(List.of(row), Map.of())) {
            return encoder(NO_LIMIT, OnTooLong.CUT).encode(dataset, 0);
        }
    }

    private PairDataset dataset(List<String> rows, Map<String, Object> keys) {
        return new Workspace(folder)
                .image("wide.png", 56, 28)
                .image("small.png", 28, 28)
                .dataset("set", rows, keys)
                .open()
                .get(0);
    }

    private static PairEncoder encoder(int limit, OnTooLong onTooLong) {
        return PairEncoder.create(
                new CharacterTokenizer(),
                ChatTemplate.of("internvl2_5"),
                PairOptions.of(TILES, PER_TILE, limit, onTooLong));
    }

    private static String prompt(EncodedPair pair) {
        String text = new CharacterTokenizer().decode(pair.chosenIds());
        return text.substring(0, text.lastIndexOf("<|im_start|>assistant"));
    }

    private static String labels(int[] ids, int[][] spans) {
        StringBuilder text = new StringBuilder();
        for (int[] span : spans) {
            text.append(new CharacterTokenizer().decode(Arrays.copyOfRange(ids, span[0], span[1])));
        }
        return text.toString();
    }
}
