package dev.mpo.core.model;

import dev.mpo.core.tensor.OperatorLibrary;
import dev.mpo.core.tensor.OperatorSource;
import java.util.HashMap;
import java.util.Map;

/**
 * The arithmetic of every stage, as TorchScript in the {@code .py} files beside this class.
 *
 * <p>Letters in their comments: N tiles, T tokens of the packed stream, R rows that a layer computes, D width, H heads,
 * K key-value heads, d head size, V vocabulary, M scored positions. {@code w} is a stage's list of parameters in the
 * order of its {@link SlotPlan}, whose names are constants there; an absent one is an empty tensor. {@code s} are the
 * sums of their gradients in the same order, empty for frozen ones.
 *
 * <p>The layers' backward passes are written out. A forward pass returns its output and the few tensors that the
 * backward pass needs; what is cheap is computed again: norms from their scale, activations from their input. A
 * backward pass adds parameter gradients into the sums and returns the gradient of the layer's input, which means
 * nothing if it was not {@code wanted}. Compared with autograd that is half of the memory and fewer passes over it. In
 * half precision the sums, scales, log-sum-exps and sums over pieces or segments are in single precision, everything
 * with one number per channel of a token in half.
 */
final class ModelOps {

    private static final String[] FILES = {
        "linear.py", "adapted.py", "norms.py", "rotary.py", "attention.py", "vision.py", "decoder.py", "tokens.py"
    };

    /** Places in the lists of numbers that describe segments and pieces, see {@link AttentionPlan}. */
    private static final Map<String, Integer> LAYOUT = Map.ofEntries(
            Map.entry("QUERY_START", 0),
            Map.entry("QUERY_END", 1),
            Map.entry("KEY_START", 2),
            Map.entry("KEY_END", 3),
            Map.entry("CAUSAL", 4),
            Map.entry("FIRST", 5),
            Map.entry("PIECE_NUMBERS", 6),
            Map.entry("PREFIX_START", 2),
            Map.entry("PREFIX_END", 3),
            Map.entry("OWN_START", 4),
            Map.entry("OWN_END", 5),
            Map.entry("SEGMENT_NUMBERS", 6));

    static final OperatorLibrary OPS = OperatorLibrary.compile(source(FILES));

    private ModelOps() {}

    /** Returns the methods of some of the files, with numbers for names. */
    static String source(String... files) {
        Map<String, Integer> constants = new HashMap<>(SlotPlan.constants());
        constants.putAll(LAYOUT);
        return OperatorSource.read(ModelOps.class, constants, files);
    }
}
