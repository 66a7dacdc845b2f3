package dev.mpo.core.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The owner of tensors: closing it frees every tensor that still belongs to it.
 *
 * <p>Open one per micro-batch, layer or call with try-with-resources, and move what must survive to an outer scope. A
 * scope is confined to one thread at a time.
 */
public final class Scope implements AutoCloseable {

    private static final AtomicLong LIVE = new AtomicLong();

    private final List<Tensor> tensors = new ArrayList<>();

    /** Creates an empty scope. */
    public Scope() {}

    /** Returns the number of tensors that any scope of this process owns: flat over steps unless something leaks. */
    public static long numLiveTensors() {
        return LIVE.get();
    }

    Tensor own(long handle) {
        Tensor tensor = new Tensor(handle, this);
        adopt(tensor);
        return tensor;
    }

    void adopt(Tensor tensor) {
        tensor.slot = tensors.size();
        tensors.add(tensor);
        LIVE.incrementAndGet();
    }

    void release(Tensor tensor) {
        Tensor last = tensors.remove(tensors.size() - 1);
        if (last != tensor) {
            tensors.set(tensor.slot, last);
            last.slot = tensor.slot;
        }
        LIVE.decrementAndGet();
    }

    /** Hands every tensor of this scope to another one. */
    public void moveAllTo(Scope other) {
        while (!tensors.isEmpty()) {
            tensors.get(tensors.size() - 1).moveTo(other);
        }
    }

    /** Frees every tensor of this scope. */
    @Override
    public void close() {
        for (Tensor tensor : tensors) {
            tensor.free();
        }
        LIVE.addAndGet(-tensors.size());
        tensors.clear();
    }
}
