package dev.mpo.core.model;

import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Several sequences that grow one token at a time, with the keys and values of their earlier tokens kept.
 *
 * <p>The cache of a layer is [sequences, key heads then value heads, places, head size] and grows by half; the
 * sequences in use are always the first ones. One step computes one token of each, whatever their lengths, in one call
 * of the tensor library. Adapters take part.
 *
 * <p>Where the rotary frequencies depend on the length (dynamic NTK), the tokens of a prompt have those of the prompt's
 * length and each later token those of the length that it makes: a pure function of the sequence, and the same as in
 * the reference implementation when it decodes with a cache, except that nothing is carried over to the next sequence.
 */
public final class CachedDecoder implements AutoCloseable {

    /** Places are reserved in multiples of this, and masked attention covers a multiple of {@link #KEY_MULTIPLE}. */
    private static final int MIN_PLACES = 64;

    /** Kernels for masked attention like rows of a multiple of this many keys. */
    private static final int KEY_MULTIPLE = 8;

    private final VisionLanguageModel model;
    private final LanguageConfig config;
    private final Device device;
    private final DType dtype;
    private final Scope scope = new Scope();
    private final DecodingWeights weights;
    private final PromptReader reader;
    private final long[] shape;
    private final Tensor[] caches;
    private Tensor[] ropeTables;
    private Tensor inputs;
    private int numSlots;
    private int numPlaces;
    private int[] lengths = new int[0];

    /** Creates a decoder without sequences; the model is borrowed and must outlive it. */
    public CachedDecoder(VisionLanguageModel model) {
        this.model = model;
        this.config = model.config().language();
        this.device = model.options().device();
        this.dtype = model.options().compute();
        this.weights = DecodingWeights.of(scope, model);
        this.shape = weights.shape(config);
        this.reader = new PromptReader(model, weights);
        this.caches = new Tensor[config.numLayers()];
        for (int i = 0; i < caches.length; i++) {
            caches[i] = Tensors.zeros(scope, device, dtype, 0, 2L * config.numKeyValueHeads(), 0, config.headDim());
        }
        Tensor noRope = Tensors.zeros(scope, device, dtype, 0, 1, config.headDim());
        this.ropeTables = new Tensor[] {noRope, noRope};
        this.inputs = Tensors.zeros(scope, Device.CPU, DType.INT64, 2, 0);
    }

    /** Reads a prompt, images included, which the caller then owns. It does not become a sequence yet. */
    public PrefilledPrompt prefill(PackedBatch prompt) {
        check(prompt);
        return reader.read(prompt);
    }

    /**
     * Reads a prompt, which the caller then owns, from the place on where it differs from an earlier one, and keeps it.
     * Its numbers are those of {@link #prefill(PackedBatch)} but for the last bits.
     *
     * @param cache what was read before, by this model
     */
    public PrefilledPrompt prefill(PackedBatch prompt, PrefixCache cache) {
        check(prompt);
        reserve(numSlots, prompt.numTokens());
        return reader.read(prompt, cache, ropeTables);
    }

    private static void check(PackedBatch prompt) {
        int length = prompt.numTokens();
        if (prompt.segments().size() != 1 || prompt.scoredRows().length != 1 || prompt.scoredRows()[0] != length - 1) {
            throw new IllegalArgumentException("a prompt is one segment whose last row is scored");
        }
    }

    /** Returns the number of sequences. */
    public int size() {
        return lengths.length;
    }

    /** Returns the number of tokens of a sequence. */
    public int length(int sequence) {
        return lengths[sequence];
    }

    /** Adds a sequence that begins with a prompt; its number is the old {@link #size()}. */
    public void add(PrefilledPrompt prompt) {
        int slot = size();
        reserve(slot + 1, prompt.length() + 1);
        DecodingOps.OPS.run("put", caches, slot, prompt.caches());
        lengths = Arrays.copyOf(lengths, slot + 1);
        lengths[slot] = prompt.length();
    }

    /** Removes a sequence; the last one takes its number. */
    public void remove(int sequence) {
        int last = size() - 1;
        if (sequence != last) {
            DecodingOps.OPS.run("move", caches, last, sequence, lengths[last]);
            lengths[sequence] = lengths[last];
        }
        lengths = Arrays.copyOf(lengths, last);
    }

    /**
     * Appends one token to every sequence.
     *
     * @param owner owner of the result
     * @param tokens the token of each sequence, [n]
     * @return the logits of the token after it, [n, V], in single precision or better
     */
    public Tensor step(Scope owner, int[] tokens) {
        int n = tokens.length;
        if (n != size()) {
            throw new IllegalArgumentException(n + " tokens for " + size() + " sequences");
        }
        int longest = Arrays.stream(lengths).max().orElse(0) + 1;
        reserve(n, longest);
        writeInputs(tokens);
        int shortest = Arrays.stream(lengths).min().orElse(0) + 1;
        boolean equal = longest == shortest;
        Tensor logits = DecodingOps.OPS.call(
                owner,
                "step",
                inputs,
                n,
                equal,
                equal ? longest : roundUp(longest, KEY_MULTIPLE),
                model.tokenStage().weights().slots()[0],
                weights.slots(),
                caches,
                ropeTables,
                model.head().normWeight(),
                model.head().headWeight(),
                shape,
                weights.packed(),
                config.rmsNormEps(),
                model.options().lora().scale());
        for (int i = 0; i < n; i++) {
            lengths[i]++;
        }
        return logits;
    }

    /** Tells the step each sequence's token and its place. */
    private void writeInputs(int[] tokens) {
        LongBuffer in = inputs.bytes().asLongBuffer();
        for (int i = 0; i < tokens.length; i++) {
            in.put(i, tokens[i]);
            in.put(numSlots + i, lengths[i]);
        }
    }

    /** Makes room for some sequences of some length. */
    private void reserve(int slots, int places) {
        if (slots <= numSlots && places <= numPlaces) {
            return;
        }
        if (slots > numSlots) {
            numSlots = Math.max(slots, Math.min(2 * numSlots, slots + 8));
            inputs.close();
            inputs = Tensors.zeros(scope, Device.CPU, DType.INT64, 2, numSlots);
        }
        if (places > numPlaces) {
            int before = numPlaces;
            numPlaces = roundUp(Math.max(places, numPlaces * 3 / 2), MIN_PLACES);
            growRopeTables(before);
        }
        for (int i = 0; i < caches.length; i++) {
            try (Tensor old = caches[i]) {
                caches[i] = DecodingOps.OPS.call(scope, "grow", old, numSlots, numPlaces);
            }
        }
    }

    /** Adds the rotations of new places; the token at a place makes the sequence one longer than its number. */
    private void growRopeTables(int from) {
        try (Scope pass = new Scope()) {
            int[] places = IntStream.range(from, numPlaces).toArray();
            int[] after = IntStream.rangeClosed(from + 1, numPlaces).toArray();
            Tensor[] more = StepInputs.ropeTables(pass, places, after, config, device, dtype);
            Tensor[] grown = DecodingOps.OPS.callList(scope, "append_tables", ropeTables, more[0], more[1]);
            ropeTables[0].close();
            ropeTables[1].close();
            ropeTables = grown;
        }
    }

    private static int roundUp(int value, int multiple) {
        return (value + multiple - 1) / multiple * multiple;
    }

    /** Frees the cache. */
    @Override
    public void close() {
        scope.close();
    }
}
