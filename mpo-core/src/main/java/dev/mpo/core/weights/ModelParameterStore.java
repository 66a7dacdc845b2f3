package dev.mpo.core.weights;

import dev.mpo.core.model.ModelParameters;
import dev.mpo.core.model.ParameterBuffer;
import dev.mpo.core.model.ParameterSpec;
import dev.mpo.core.safetensors.StoredType;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The parameters of a model, or a vector that goes with them such as a moment, of which this process may own a part:
 * writing sets the owned elements and passes over the others, reading wants owned elements. Tensors are borrowed and
 * change in place.
 */
public final class ModelParameterStore implements ParameterStore {

    private final Map<String, Place> places = new HashMap<>();
    private final Function<ParameterBuffer, Tensor> vector;

    private record Place(ParameterBuffer buffer, ParameterSpec spec, long offset) {}

    private ModelParameterStore(Iterable<ParameterBuffer> buffers, Function<ParameterBuffer, Tensor> vector) {
        this.vector = vector;
        for (ParameterBuffer buffer : buffers) {
            for (int i = 0; i < buffer.specs().size(); i++) {
                places.put(
                        buffer.fullName(i),
                        new Place(
                                buffer, buffer.specs().get(i), buffer.offsets().get(i)));
            }
        }
    }

    /** Returns the weights of a model, those that an optimizer updates. */
    public static ModelParameterStore of(ModelParameters parameters) {
        return of(parameters.buffers(), ParameterBuffer::master);
    }

    /**
     * Returns the values of some buffers' parameters in vectors that go with them.
     *
     * @param vector the vector over the owned part of a buffer
     */
    public static ModelParameterStore of(Iterable<ParameterBuffer> buffers, Function<ParameterBuffer, Tensor> vector) {
        return new ModelParameterStore(buffers, vector);
    }

    /** Returns whether there is a parameter of this full name. */
    public boolean contains(String parameter) {
        return places.containsKey(parameter);
    }

    /** Returns the shape of a parameter. */
    public ParameterSpec spec(String parameter) {
        return place(parameter).spec();
    }

    /** Returns the parameters by full name with their shapes. */
    public Map<String, ParameterSpec> specs() {
        Map<String, ParameterSpec> all = new HashMap<>();
        places.forEach((name, place) -> all.put(name, place.spec()));
        return all;
    }

    private Place place(String parameter) {
        Place place = places.get(parameter);
        if (place == null) {
            throw new IllegalArgumentException("no parameter " + parameter);
        }
        return place;
    }

    @Override
    public StoredType type(String parameter) {
        return StoredTypes.of(parameter, vector.apply(place(parameter).buffer()).dtype());
    }

    /** Returns whether this process owns any of some elements. */
    public boolean owns(String parameter, long firstElement, long count) {
        Place place = place(parameter);
        return Owned.of(place, firstElement, count).count() > 0;
    }

    /** The owned elements among a run of a parameter's elements. */
    private record Owned(long skipped, long start, long count) {

        static Owned of(Place place, long firstElement, long count) {
            if (firstElement < 0 || count < 0 || count > place.spec().numElements() - firstElement) {
                throw new IllegalArgumentException("elements " + firstElement + " to " + (firstElement + count) + " of "
                        + place.spec() + " do not exist");
            }
            ParameterBuffer buffer = place.buffer();
            long begin = place.offset() + firstElement;
            long from = Math.max(begin, buffer.ownedStart());
            long to = Math.min(begin + count, buffer.ownedStart() + buffer.ownedLength());
            return new Owned(from - begin, from - buffer.ownedStart(), Math.max(0, to - from));
        }
    }

    @Override
    public void write(String parameter, long firstElement, ByteBuffer elements) {
        Place place = place(parameter);
        DType type = vector.apply(place.buffer()).dtype();
        int size = type.numBytes();
        Owned owned = Owned.of(place, firstElement, elements.remaining() / size);
        ByteBuffer bytes = elements.slice();
        elements.position(elements.limit());
        if (owned.count() > 0) {
            bytes.position(Math.toIntExact(owned.skipped() * size));
            bytes.limit(Math.toIntExact((owned.skipped() + owned.count()) * size));
            try (Scope scope = new Scope()) {
                Tensor host = Tensors.empty(scope, Device.CPU, type, owned.count());
                host.bytes().put(bytes);
                set(scope, place, owned, host);
            }
        }
    }

    /**
     * Sets the owned elements among a run of a parameter's elements, converting their type.
     *
     * @param firstElement index of the first element in the row-major parameter
     */
    public void write(String parameter, long firstElement, float[] elements) {
        Place place = place(parameter);
        Owned owned = Owned.of(place, firstElement, elements.length);
        if (owned.count() > 0) {
            int from = Math.toIntExact(owned.skipped());
            float[] part = Arrays.copyOfRange(elements, from, from + Math.toIntExact(owned.count()));
            try (Scope scope = new Scope()) {
                set(scope, place, owned, Tensors.of(scope, Device.CPU, part, part.length));
            }
        }
    }

    private void set(Scope scope, Place place, Owned owned, Tensor values) {
        Tensor all = vector.apply(place.buffer());
        Tensors.copy(values, Tensors.view(scope, all, owned.start(), owned.count(), owned.count()));
    }

    @Override
    public void read(String parameter, long firstElement, ByteBuffer target) {
        Place place = place(parameter);
        Tensor all = vector.apply(place.buffer());
        long count = target.remaining() / all.dtype().numBytes();
        Owned owned = Owned.of(place, firstElement, count);
        if (owned.count() != count) {
            throw new IllegalStateException("this process owns a part of " + parameter + " alone");
        }
        try (Scope scope = new Scope()) {
            Tensor run = Tensors.view(scope, all, owned.start(), count, count);
            target.put(Tensors.toCpu(scope, run, run.dtype()).bytes());
        }
    }
}
