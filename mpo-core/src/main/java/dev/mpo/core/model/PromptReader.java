package dev.mpo.core.model;

import dev.mpo.core.config.LanguageConfig;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads prompts: all of them, or what follows a beginning that was read before. */
final class PromptReader {

    private final VisionLanguageModel model;
    private final LanguageConfig config;
    private final DecodingWeights weights;
    private final long[] shape;

    /** Creates a reader; model and weights are borrowed. */
    PromptReader(VisionLanguageModel model, DecodingWeights weights) {
        this.model = model;
        this.config = model.config().language();
        this.weights = weights;
        this.shape = weights.shape(config);
    }

    /** Reads a whole prompt. */
    PrefilledPrompt read(PackedBatch prompt) {
        try (Scope pass = new Scope()) {
            StepInputs in = model.inputs(pass, prompt);
            return read(pass, model.embed(pass, in), in);
        }
    }

    /**
     * Reads a prompt and keeps what came of it in a cache. Only what no earlier prompt had is computed: tokens behind
     * the longest common beginning, and tiles that are new.
     *
     * @param ropeTables cosines and signed sines of all places of the prompt, [places, 1, d] each
     */
    PrefilledPrompt read(PackedBatch prompt, PrefixCache cache, Tensor[] ropeTables) {
        PromptKey key = PromptKey.of(prompt);
        int length = prompt.numTokens();
        PrefixCache.Match match = canExtend(length) ? cache.find(key) : null;
        if (match != null && match.length() == length && match.prompt().length() == length) {
            return match.prompt().share(length);
        }
        // A prompt that is all beginning lacks the logits of its end: its last token is computed again.
        int from = match == null ? 0 : Math.min(match.length(), length - 1);
        try (Scope pass = new Scope()) {
            PackedBatch rest = rest(prompt, from);
            StepInputs in = model.inputs(pass, rest);
            int numRows = rest.imageRows().length;
            Tensor x = model.embed(pass, features(pass, prompt, key, numRows, cache), in);
            PrefilledPrompt read =
                    match == null ? read(pass, x, in) : extend(x, from, match.prompt(), length, ropeTables);
            cache.keep(key, read);
            return read;
        }
    }

    /** Whether all prompts up to a length rotate a token alike, so that one can go on where another was read. */
    private boolean canExtend(int length) {
        return RotaryBase.of(config, length) == RotaryBase.of(config, 1);
    }

    private PrefilledPrompt read(Scope pass, Tensor embeddings, StepInputs in) {
        Scope owner = new Scope();
        try {
            List<Tensor> caches = new ArrayList<>();
            Tensor x = embeddings;
            for (Stage stage : model.decoderStages()) {
                Tensor[] out = ((DecoderLayerStage) stage).prefill(pass, x, in);
                x.close();
                x = out[0];
                caches.add(DecodingOps.OPS.call(owner, "join", out[1], out[2]));
                out[1].close();
                out[2].close();
            }
            Tensor logits = model.head().logits(pass, x, in).moveTo(owner);
            return new PrefilledPrompt(owner, in.batch().numTokens(), caches.toArray(new Tensor[0]), logits, 0);
        } catch (RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    private PrefilledPrompt extend(
            Tensor embeddings, int from, PrefilledPrompt before, int length, Tensor[] ropeTables) {
        Scope owner = new Scope();
        try {
            Tensor[] out = DecodingOps.OPS.callList(
                    owner,
                    "extend",
                    embeddings,
                    from,
                    weights.slots(),
                    before.caches(),
                    ropeTables,
                    model.head().normWeight(),
                    model.head().headWeight(),
                    shape,
                    weights.packed(),
                    config.rmsNormEps(),
                    model.options().lora().scale());
            int layers = out.length - 1;
            return new PrefilledPrompt(owner, length, Arrays.copyOf(out, layers), out[layers], from);
        } catch (RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    /** Returns the tokens from a place on, without pixels; its image rows take the features of the last tiles. */
    private static PackedBatch rest(PackedBatch prompt, int from) {
        int length = prompt.numTokens() - from;
        int[] imageRows = Arrays.stream(prompt.imageRows())
                .filter(row -> row >= from)
                .map(row -> row - from)
                .toArray();
        return new PackedBatch(
                new byte[0],
                0,
                prompt.tileSize(),
                Arrays.copyOfRange(prompt.ids(), from, prompt.numTokens()),
                Arrays.copyOfRange(prompt.positions(), from, prompt.numTokens()),
                Arrays.copyOfRange(prompt.ropeLengths(), from, prompt.numTokens()),
                imageRows,
                List.of(Segment.whole(0, length)),
                new int[] {length - 1},
                new int[] {0},
                true);
    }

    /** Returns the features of the last {@code numRows} image tokens, [numRows, D], or null if there are none. */
    private @Nullable Tensor features(Scope pass, PackedBatch prompt, PromptKey key, int numRows, PrefixCache cache) {
        if (numRows == 0) {
            return null;
        }
        int perTile = model.config().imageTokensPerTile();
        int first = key.tiles().size() - (numRows + perTile - 1) / perTile;
        encodeNew(prompt, key, first, cache);
        Tensor[] parts = IntStream.range(first, key.tiles().size())
                .mapToObj(i -> cache.features(key.tiles().get(i)))
                .toArray(Tensor[]::new);
        Tensor all = DecodingOps.OPS.call(pass, "chain", (Object) parts);
        cache.shrink();
        int rows = Math.toIntExact(all.size(0));
        return rows == numRows ? all : DecodingOps.OPS.call(pass, "part", all, rows - numRows, rows);
    }

    private void encodeNew(PackedBatch prompt, PromptKey key, int first, PrefixCache cache) {
        int[] missing = IntStream.range(first, key.tiles().size())
                .filter(i -> cache.features(key.tiles().get(i)) == null)
                .toArray();
        if (missing.length == 0) {
            return;
        }
        int size = prompt.tileSize() * prompt.tileSize() * 3;
        byte[] pixels = new byte[missing.length * size];
        for (int i = 0; i < missing.length; i++) {
            System.arraycopy(prompt.tiles(), missing[i] * size, pixels, i * size, size);
        }
        PackedBatch images = new PackedBatch(
                pixels,
                missing.length,
                prompt.tileSize(),
                new int[] {prompt.ids()[0]},
                new int[1],
                new int[] {1},
                new int[0],
                List.of(Segment.whole(0, 1)),
                new int[1],
                new int[1],
                true);
        try (Scope pass = new Scope()) {
            Tensor encoded = model.encodeImages(pass, images);
            int perTile = model.config().imageTokensPerTile();
            for (int i = 0; i < missing.length; i++) {
                Scope owner = new Scope();
                Tensor rows = DecodingOps.OPS.call(owner, "part", encoded, i * perTile, (i + 1) * perTile);
                cache.keep(key.tiles().get(missing[i]), owner, rows);
            }
        }
    }
}
