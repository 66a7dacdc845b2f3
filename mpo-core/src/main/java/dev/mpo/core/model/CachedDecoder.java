package dev.mpo.core.model;

import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Several sequences that grow one token at a time, with the keys and values of their earlier tokens kept.
 *
 * <p>Keys and values of a layer are [sequences, key-value heads, places, head size] and grow by doubling; the sequences
 * in use are always the first ones. One step computes one token of each, whatever their lengths. Adapters take part.
 *
 * <p>Where the rotary frequencies depend on the length (dynamic NTK), the tokens of a prompt have those of the prompt's
 * length and each later token those of the length that it makes: a pure function of the sequence, and the same as in
 * the reference implementation when it decodes with a cache, except that nothing is carried over to the next sequence.
 */
public final class CachedDecoder implements AutoCloseable {

    private static final int MIN_PLACES = 64;

    private final VisionLanguageModel model;
    private final LanguageConfig config;
    private final Device device;
    private final DType dtype;
    private final Scope scope = new Scope();
    private final Tensor[] keys;
    private final Tensor[] values;
    private int numSlots;
    private int numPlaces;
    private int[] lengths = new int[0];

    /** Creates a decoder without sequences; the model is borrowed and must outlive it. */
    public CachedDecoder(VisionLanguageModel model) {
        this.model = model;
        this.config = model.config().language();
        this.device = model.options().device();
        this.dtype = model.options().compute();
        this.keys = new Tensor[config.numLayers()];
        this.values = new Tensor[config.numLayers()];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = Tensors.zeros(scope, device, dtype, 0, config.numKeyValueHeads(), 0, config.headDim());
            values[i] = Tensors.zeros(scope, device, dtype, 0, config.numKeyValueHeads(), 0, config.headDim());
        }
    }

    /** Reads a prompt, images included, which the caller then owns. It does not become a sequence yet. */
    public PrefilledPrompt prefill(PackedBatch prompt) {
        int length = prompt.numTokens();
        if (prompt.segments().size() != 1 || prompt.scoredRows().length != 1 || prompt.scoredRows()[0] != length - 1) {
            throw new IllegalArgumentException("a prompt is one segment whose last row is scored");
        }
        Scope owner = new Scope();
        try (Scope pass = new Scope()) {
            StepInputs in = model.inputs(pass, prompt);
            List<Tensor> promptKeys = new ArrayList<>();
            List<Tensor> promptValues = new ArrayList<>();
            Tensor x = model.embed(pass, in);
            for (Stage stage : model.decoderStages()) {
                Tensor[] out = ((DecoderLayerStage) stage).prefill(pass, x, in);
                x.close();
                x = out[0];
                promptKeys.add(out[1].moveTo(owner));
                promptValues.add(out[2].moveTo(owner));
            }
            Tensor logits = model.head().logits(pass, x, in).moveTo(owner);
            return new PrefilledPrompt(owner, length, promptKeys, promptValues, logits);
        } catch (RuntimeException e) {
            owner.close();
            throw e;
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
        for (int i = 0; i < keys.length; i++) {
            ModelOps.OPS.run("cache_put", keys[i], slot, prompt.keys().get(i));
            ModelOps.OPS.run("cache_put", values[i], slot, prompt.values().get(i));
        }
        lengths = Arrays.copyOf(lengths, slot + 1);
        lengths[slot] = prompt.length();
    }

    /** Removes a sequence; the last one takes its number. */
    public void remove(int sequence) {
        int last = size() - 1;
        if (sequence != last) {
            for (int i = 0; i < keys.length; i++) {
                ModelOps.OPS.run("cache_move", keys[i], last, sequence, lengths[last]);
                ModelOps.OPS.run("cache_move", values[i], last, sequence, lengths[last]);
            }
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
        if (tokens.length != size()) {
            throw new IllegalArgumentException(tokens.length + " tokens for " + size() + " sequences");
        }
        reserve(size(), Arrays.stream(lengths).max().orElse(0) + 1);
        try (Scope pass = new Scope()) {
            DecodingStep step = DecodingStep.of(pass, lengths, config, device, dtype);
            Tensor x = model.tokenStage().rows(pass, Tensors.of(pass, device, tokens));
            for (Stage stage : model.decoderStages()) {
                DecoderLayerStage layer = (DecoderLayerStage) stage;
                Tensor y = layer.step(pass, x, keys[layer.index()], values[layer.index()], step);
                x.close();
                x = y;
            }
            for (int i = 0; i < lengths.length; i++) {
                lengths[i]++;
            }
            return model.head().logits(pass, x).moveTo(owner);
        }
    }

    /** Makes room for some sequences of some length. */
    private void reserve(int slots, int places) {
        if (slots <= numSlots && places <= numPlaces) {
            return;
        }
        numSlots = slots <= numSlots ? numSlots : Math.max(slots, Math.min(2 * numSlots, slots + 8));
        numPlaces =
                places <= numPlaces ? numPlaces : MIN_PLACES * ceilDiv(Math.max(places, numPlaces * 3 / 2), MIN_PLACES);
        for (int i = 0; i < keys.length; i++) {
            keys[i] = grown(keys[i]);
            values[i] = grown(values[i]);
        }
    }

    private Tensor grown(Tensor cache) {
        try (cache) {
            return ModelOps.OPS.call(scope, "cache_grow", cache, numSlots, numPlaces);
        }
    }

    private static int ceilDiv(int a, int b) {
        return (a + b - 1) / b;
    }

    /** Frees the cache. */
    @Override
    public void close() {
        scope.close();
    }
}
