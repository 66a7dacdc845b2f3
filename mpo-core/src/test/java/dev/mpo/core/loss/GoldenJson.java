package dev.mpo.core.loss;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.assertj.core.data.Offset;

/** Reads the reference numbers of the losses; numbers that JSON cannot write are strings such as "Infinity". */
final class GoldenJson {

    private GoldenJson() {}

    static JsonNode load(String name) {
        try {
            return new ObjectMapper()
                    .readTree(
                            SharedFiles.require("goldens/golden/e_loss/" + name).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static double number(JsonNode node) {
        return node.isTextual() ? Double.parseDouble(node.textValue()) : node.doubleValue();
    }

    static double[] vector(JsonNode node) {
        List<Double> values = new ArrayList<>();
        node.forEach(value -> values.add(number(value)));
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    static PreferenceBatch batch(JsonNode node) {
        float[] policyChosen = floats(node.get("policy_chosen_logps"));
        int[] ones = new int[policyChosen.length];
        Arrays.fill(ones, 1);
        return PreferenceBatch.of(
                policyChosen,
                floats(node.get("policy_rejected_logps")),
                floats(node.get("reference_chosen_logps")),
                floats(node.get("reference_rejected_logps")),
                ones,
                ones,
                number(node.get("nll_loss")));
    }

    private static float[] floats(JsonNode node) {
        double[] values = vector(node);
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    static void assertClose(String what, double[] actual, JsonNode expected) {
        double[] wanted = vector(expected);
        Assertions.assertThat(actual).as(what).hasSameSizeAs(wanted);
        for (int i = 0; i < wanted.length; i++) {
            assertClose(what + "[" + i + "]", actual[i], wanted[i]);
        }
    }

    static void assertClose(String what, double actual, double wanted) {
        if (Double.isFinite(wanted)) {
            Assertions.assertThat(actual).as(what).isCloseTo(wanted, Offset.offset(1e-5 + 1e-5 * Math.abs(wanted)));
        } else {
            Assertions.assertThat(actual).as(what).isEqualTo(Double.valueOf(wanted));
        }
    }

    static void assertMoments(String what, RunningMoments.State actual, JsonNode expected) {
        Assertions.assertThat(actual.mean())
                .as(what + " mean")
                .isCloseTo(number(expected.get("mean")), Offset.offset(1e-6));
        assertClose(what + " var", actual.var(), number(expected.get("var")));
        assertClose(what + " std", actual.std(), number(expected.get("std")));
        assertClose(what + " count", actual.count(), number(expected.get("count")));
    }
}
