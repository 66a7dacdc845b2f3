package dev.mpo.data.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.data.image.Normalization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Compares a pair with what the reference made of its row. */
public final class GoldenPair {

    // As a share of the sum of absolute values: what adding up floats in another order may change.
    private static final double PIXEL_TOLERANCE = 1e-6;

    private GoldenPair() {}

    /** Checks ids, label spans, tiles and pixels. */
    public static void check(String name, EncodedPair pair, JsonNode expected) {
        assertThat(pair.numTiles()).as(name).isEqualTo(numTiles(expected));
        checkAnswer(name + " chosen", pair.chosenIds(), pair.chosenLabelSpans(), expected.get("chosen"));
        checkAnswer(name + " rejected", pair.rejectedIds(), pair.rejectedLabelSpans(), expected.get("rejected"));
        if (numTiles(expected) > 0) {
            checkPixels(name, pair, expected);
        }
    }

    /**
     * Returns whether the reference cut image tokens and trained on with misplaced features: such pairs are refused.
     */
    public static boolean hasMisplacedFeatures(JsonNode expected, int imageToken, PairOptions options) {
        int imageTokens = numTiles(expected) * options.imageTokensPerTile();
        return imageTokens(expected.get("chosen"), imageToken) < imageTokens
                || imageTokens(expected.get("rejected"), imageToken) < imageTokens;
    }

    /** Returns whether anything of the chosen answer is trained. */
    public static boolean isLabelled(JsonNode expected) {
        return !expected.get("chosen").get("label_spans").isEmpty();
    }

    private static int numTiles(JsonNode expected) {
        int flagged = 0;
        for (JsonNode flag : expected.get("image_flags")) {
            flagged += flag.intValue();
        }
        return flagged;
    }

    private static void checkAnswer(String name, int[] ids, int[][] spans, JsonNode expected) {
        assertThat(ids).as(name).isEqualTo(ints(expected.get("input_ids")));
        assertThat(ids.length)
                .as(name)
                .isEqualTo(expected.get("unpadded_length").intValue());
        List<int[]> expectedSpans = new ArrayList<>();
        expected.get("label_spans").forEach(span -> expectedSpans.add(ints(span)));
        assertThat(spans).as(name).isDeepEqualTo(expectedSpans.toArray(int[][]::new));
    }

    private static void checkPixels(String name, EncodedPair pair, JsonNode expected) {
        double sum = 0;
        double absoluteSum = 0;
        for (float value : Normalization.IMAGENET.normalize(pair.tiles())) {
            sum += value;
            absoluteSum += Math.abs(value);
        }
        double scale = expected.get("pixel_abs_sum").doubleValue();
        assertThat(absoluteSum).as(name).isCloseTo(scale, within(PIXEL_TOLERANCE * scale));
        assertThat(sum).as(name).isCloseTo(expected.get("pixel_sum").doubleValue(), within(PIXEL_TOLERANCE * scale));
    }

    private static long imageTokens(JsonNode answer, int imageToken) {
        return Arrays.stream(ints(answer.get("input_ids")))
                .filter(id -> id == imageToken)
                .count();
    }

    private static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).intValue();
        }
        return values;
    }
}
