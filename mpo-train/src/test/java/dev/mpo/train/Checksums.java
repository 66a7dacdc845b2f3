package dev.mpo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.weights.Layout;
import dev.mpo.core.weights.RowRange;
import dev.mpo.core.weights.TensorMapping;
import dev.mpo.core.weights.TensorNames;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Comparison of tensors with recorded checksums: sums over all elements, and the first and last four. */
public final class Checksums {

    private Checksums() {}

    /**
     * Compares.
     *
     * @param tolerance allowed deviation of an element; sums may deviate by that times the number of elements
     * @param relative allowed deviation of an element in proportion to it, on top
     */
    public static void check(String name, JsonNode golden, double[] values, double tolerance, double relative) {
        checkElements(name, golden, values, tolerance, relative);
        double absSum = golden.get("abs_sum").doubleValue();
        double allowed = tolerance * values.length + relative * absSum;
        assertThat(Arrays.stream(values).sum())
                .as(name + " sum")
                .isCloseTo(golden.get("sum").doubleValue(), within(allowed));
        assertThat(Arrays.stream(values).map(Math::abs).sum())
                .as(name + " sum of absolute values")
                .isCloseTo(absSum, within(allowed));
    }

    /**
     * Compares final parameters of a training run with the bounds that the recordings come with: 1e-5 and three times
     * what rounding alone was seen to do.
     *
     * @param relative see {@link #check}
     */
    public static void checkParameter(String name, JsonNode golden, double[] values, double relative) {
        double tolerance =
                1e-5 + 3 * golden.get("max_abs_dev_from_double_replay").doubleValue();
        checkAnyHow(name, golden, values, tolerance, relative);
    }

    /** Compares; of the bias of query, key and value alone the ends, because the key's true gradient is zero. */
    static void checkAnyHow(String name, JsonNode golden, double[] values, double tolerance, double relative) {
        if (name.endsWith("attn.qkv.bias")) {
            checkElements(name, golden, values, tolerance, relative);
        } else {
            check(name, golden, values, tolerance, relative);
        }
    }

    /** Compares the first and last four elements alone. */
    public static void checkElements(String name, JsonNode golden, double[] values, double tolerance, double relative) {
        int count = 1;
        for (JsonNode extent : golden.get("shape")) {
            count *= extent.intValue();
        }
        assertThat(values).as(name).hasSize(count);
        int shown = golden.get("first4").size();
        for (int i = 0; i < shown; i++) {
            double first = golden.get("first4").get(i).doubleValue();
            double last = golden.get("last4").get(i).doubleValue();
            assertThat(values[i]).as(name + " first").isCloseTo(first, within(tolerance + relative * Math.abs(first)));
            assertThat(values[count - shown + i])
                    .as(name + " last")
                    .isCloseTo(last, within(tolerance + relative * Math.abs(last)));
        }
    }

    /** Returns the plain name of a tensor of a model that the peft library may have wrapped. */
    public static String plainName(String name) {
        return name.replace("base_model.model.", "").replace(".base_layer", "").replace(".default", "");
    }

    /**
     * Returns a model's tensors under the names of the original checkpoint layout; adapters of {@code x.weight} are
     * {@code x.lora_A.weight} and {@code x.lora_B.weight}.
     */
    public static Map<String, double[]> named(ModelConfig config, Map<String, Tensor> byInternalName) {
        Map<String, double[]> cache = new HashMap<>();
        Map<String, double[]> named = new LinkedHashMap<>();
        for (TensorMapping mapping : TensorNames.mappings(config, Layout.ORIGINAL)) {
            Tensor tensor = byInternalName.get(mapping.parameter());
            if (tensor != null) {
                double[] all = cache.computeIfAbsent(mapping.parameter(), name -> tensor.toDoubleArray());
                named.put(mapping.storedName(), rows(all, mapping));
            }
            for (String factor : List.of("A", "B")) {
                Tensor adapter = byInternalName.get(
                        mapping.parameter().replaceAll("weight$", "lora_" + factor.toLowerCase(Locale.ROOT)));
                if (adapter != null && adapter != tensor) {
                    named.put(
                            mapping.storedName().replaceAll("weight$", "lora_" + factor + ".weight"),
                            adapter.toDoubleArray());
                }
            }
        }
        return named;
    }

    private static double[] rows(double[] all, TensorMapping mapping) {
        int width = Math.toIntExact(mapping.rowElements());
        double[] picked = new double[0];
        for (RowRange rows : mapping.rows()) {
            int from = Math.toIntExact(rows.first()) * width;
            int length = Math.toIntExact(rows.count()) * width;
            picked = Arrays.copyOf(picked, picked.length + length);
            System.arraycopy(all, from, picked, picked.length - length, length);
        }
        return picked;
    }
}
