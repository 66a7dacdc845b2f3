package dev.mpo.core.model;

import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The image features of the batch that was asked for last, so that two models that share them compute them once. */
final class LastImages implements AutoCloseable {

    private Scope owner = new Scope();
    private @Nullable PackedBatch batch;
    private @Nullable Tensor features;

    /** Returns an alias, owned by {@code pass}, of the features of a batch. */
    @SuppressWarnings("ReferenceEquality") // the very same batch, not one that looks alike
    Tensor of(Scope pass, PackedBatch wanted, Function<Scope, Tensor> compute) {
        Tensor known = features;
        if (batch != wanted || known == null) {
            close();
            known = compute.apply(owner);
            features = known;
            batch = wanted;
        }
        return Tensors.leaf(pass, known);
    }

    /** Returns whether a batch without images was not the last one that was asked about, and remembers it. */
    @SuppressWarnings("ReferenceEquality") // as above
    boolean isNew(PackedBatch wanted) {
        if (batch == wanted) {
            return false;
        }
        close();
        batch = wanted;
        return true;
    }

    /** Frees the features. */
    @Override
    public void close() {
        owner.close();
        owner = new Scope();
        batch = null;
        features = null;
    }
}
