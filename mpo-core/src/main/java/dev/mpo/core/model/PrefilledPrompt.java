package dev.mpo.core.model;

import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;

/**
 * A prompt that the model has read: keys and values of every layer, and the logits of the token that comes next. Any
 * number of sequences can begin with it. Close it when no more will; what it shares with others is freed with the last
 * of them. For use by one thread at a time.
 */
public final class PrefilledPrompt implements AutoCloseable {

    /** What is read once, however many hold it. */
    private static final class Contents {
        private final Scope scope;
        private final int length;
        private final Tensor[] caches;
        private final Tensor logits;
        private int holders;

        Contents(Scope scope, int length, Tensor[] caches, Tensor logits) {
            this.scope = scope;
            this.length = length;
            this.caches = caches;
            this.logits = logits;
        }
    }

    private final Contents contents;
    private final int reused;
    private boolean closed;

    private PrefilledPrompt(Contents contents, int reused) {
        this.contents = contents;
        this.reused = reused;
        contents.holders++;
    }

    PrefilledPrompt(Scope scope, int length, Tensor[] caches, Tensor logits, int reused) {
        this(new Contents(scope, length, caches, logits), reused);
    }

    /** Returns another holder of the same contents, whose first {@code numReused} tokens were read before. */
    PrefilledPrompt share(int numReused) {
        return new PrefilledPrompt(contents, numReused);
    }

    /** Returns the number of tokens. */
    public int length() {
        return contents.length;
    }

    /** Returns how many of the tokens were not computed for this prompt, because an earlier one began with them. */
    public int reused() {
        return reused;
    }

    /** Returns the logits of the token that comes next, [1, V]; they belong to the prompt. */
    public Tensor logits() {
        return contents.logits;
    }

    /** Returns keys, then values, of every layer, [2 K, T, d] each. */
    Tensor[] caches() {
        return contents.caches;
    }

    /** Returns the memory of keys, values and logits. */
    long numBytes() {
        long bytes = contents.logits.numel() * contents.logits.dtype().numBytes();
        for (Tensor cache : contents.caches) {
            bytes += cache.numel() * cache.dtype().numBytes();
        }
        return bytes;
    }

    /** Frees the tensors unless others hold them. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            contents.holders--;
            if (contents.holders == 0) {
                contents.scope.close();
            }
        }
    }
}
