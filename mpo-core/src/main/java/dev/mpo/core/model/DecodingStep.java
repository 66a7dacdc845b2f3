package dev.mpo.core.model;

import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.Arrays;

/**
 * What the layers share when every sequence of a cache gets one more token. Its tensors belong to the step's scope.
 *
 * @param ropeTables cosine and sine of each new token, [n, 1, d]
 * @param slots the sequences, [n]: 0 to n - 1
 * @param places where each new token goes in its sequence, [n]
 * @param mask additive mask, [n, 1, 1, longest]; empty if all sequences are equally long
 * @param none an empty index
 * @param longest how many places of the cache take part
 */
record DecodingStep(Tensor[] ropeTables, Tensor slots, Tensor places, Tensor mask, Tensor none, long longest) {

    /** Kernels for masked attention like rows of a multiple of this many keys. */
    private static final int KEY_MULTIPLE = 8;

    /** Plans a step for sequences that hold {@code lengths} tokens so far. */
    static DecodingStep of(Scope scope, int[] lengths, LanguageConfig config, Device device, DType dtype) {
        int n = lengths.length;
        int[] after = new int[n];
        int[] slots = new int[n];
        for (int i = 0; i < n; i++) {
            slots[i] = i;
            after[i] = lengths[i] + 1;
        }
        int longest = Arrays.stream(after).max().orElse(0);
        boolean equal = Arrays.stream(after).allMatch(length -> length == longest);
        Tensor none = Tensors.zeros(scope, device, DType.INT64, 0);
        Tensor places = Tensors.of(scope, device, lengths);
        Tensor[] tables = StepInputs.ropeTables(scope, lengths, after, config, device, dtype);
        Tensor index = Tensors.of(scope, device, slots);
        if (equal) {
            return new DecodingStep(tables, index, places, none, none, longest);
        }
        int rounded = (longest + KEY_MULTIPLE - 1) / KEY_MULTIPLE * KEY_MULTIPLE;
        Tensor mask = ModelOps.OPS.call(scope, "step_mask", Tensors.of(scope, device, after), (long) rounded, dtype);
        return new DecodingStep(tables, index, places, mask, none, rounded);
    }
}
