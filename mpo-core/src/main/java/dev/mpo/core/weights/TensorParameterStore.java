package dev.mpo.core.weights;

import dev.mpo.core.safetensors.StoredType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * The parameters of a model whose values are native tensors: the one place where checkpoints meet the tensor library.
 * Tensors are borrowed, must be contiguous, and change in place.
 */
public final class TensorParameterStore implements ParameterStore {

    private final Device device;
    private final Function<String, Tensor> parameters;

    /**
     * Creates a view of parameters.
     *
     * @param device where all of them are
     * @param parameters the tensor of a parameter by full internal name, of type float32, bfloat16 or float16
     */
    public TensorParameterStore(Device device, Function<String, Tensor> parameters) {
        this.device = device;
        this.parameters = parameters;
    }

    @Override
    public StoredType type(String parameter) {
        return StoredTypes.of(parameter, parameters.apply(parameter).dtype());
    }

    @Override
    public void write(String parameter, long firstElement, ByteBuffer elements) {
        try (Scope scope = new Scope()) {
            Tensor run = run(scope, parameter, firstElement, elements.remaining());
            if (device.isCpu()) {
                run.bytes().put(elements);
            } else {
                Tensor host = Tensors.empty(scope, Device.CPU, run.dtype(), run.numel());
                host.bytes().put(elements);
                Tensors.copy(host, run);
            }
        }
    }

    @Override
    public void read(String parameter, long firstElement, ByteBuffer target) {
        try (Scope scope = new Scope()) {
            Tensor run = run(scope, parameter, firstElement, target.remaining());
            target.put(Tensors.toCpu(scope, run, run.dtype()).bytes());
        }
    }

    /** Returns a vector view of some elements of a parameter. */
    private Tensor run(Scope scope, String parameter, long firstElement, int numBytes) {
        Tensor tensor = parameters.apply(parameter);
        long count = numBytes / tensor.dtype().numBytes();
        Tensor flat = Tensors.view(scope, tensor, 0, tensor.size(0), tensor.numel());
        return Tensors.view(scope, flat, firstElement, count, count);
    }
}
