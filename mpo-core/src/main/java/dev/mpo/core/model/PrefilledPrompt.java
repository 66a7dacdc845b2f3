package dev.mpo.core.model;

import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;

/**
 * A prompt that the model has read: keys and values of every layer, and the logits of the token that comes next. Any
 * number of sequences can begin with it. Close it when no more will.
 */
public final class PrefilledPrompt implements AutoCloseable {

    private final Scope scope;
    private final int length;
    private final Tensor[] caches;
    private final Tensor logits;

    PrefilledPrompt(Scope scope, int length, Tensor[] caches, Tensor logits) {
        this.scope = scope;
        this.length = length;
        this.caches = caches;
        this.logits = logits;
    }

    /** Returns the number of tokens. */
    public int length() {
        return length;
    }

    /** Returns the logits of the token that comes next, [1, V]; they belong to the prompt. */
    public Tensor logits() {
        return logits;
    }

    /** Returns keys, then values, of every layer, [2 K, T, d] each. */
    Tensor[] caches() {
        return caches;
    }

    /** Frees the tensors. */
    @Override
    public void close() {
        scope.close();
    }
}
