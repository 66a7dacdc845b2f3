package dev.mpo.core.weights;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.model.ModelLayout;
import dev.mpo.core.model.ParameterSpec;
import dev.mpo.core.model.StageSpec;
import dev.mpo.core.safetensors.StoredType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Parameters in single precision on the Java heap: for small models, tests and conversions of single parameters. */
public final class HeapParameterStore implements ParameterStore {

    private final Map<String, float[]> values = new LinkedHashMap<>();

    /** Allocates all parameters of a model, zero-filled; each must fit into an array. */
    public HeapParameterStore(ModelConfig config) {
        for (StageSpec stage : ModelLayout.of(config)) {
            for (ParameterSpec parameter : stage.parameters()) {
                values.put(stage.fullName(parameter), new float[Math.toIntExact(parameter.numElements())]);
            }
        }
    }

    /** Uses the given arrays, by full name. */
    public HeapParameterStore(Map<String, float[]> values) {
        this.values.putAll(values);
    }

    /** Returns the values by full name, row-major; the arrays are the store's own. */
    public Map<String, float[]> values() {
        return Collections.unmodifiableMap(values);
    }

    @Override
    public StoredType type(String parameter) {
        return StoredType.F32;
    }

    @Override
    public void write(String parameter, long firstElement, ByteBuffer elements) {
        ByteBuffer source = elements.slice().order(ByteOrder.LITTLE_ENDIAN);
        source.asFloatBuffer().get(values(parameter), Math.toIntExact(firstElement), source.remaining() / Float.BYTES);
        elements.position(elements.limit());
    }

    @Override
    public void read(String parameter, long firstElement, ByteBuffer target) {
        ByteBuffer room = target.slice().order(ByteOrder.LITTLE_ENDIAN);
        room.asFloatBuffer().put(values(parameter), Math.toIntExact(firstElement), room.remaining() / Float.BYTES);
        target.position(target.limit());
    }

    /** Returns a parameter's values, row-major; the array is the store's own. */
    public float[] values(String parameter) {
        float[] array = values.get(parameter);
        if (array == null) {
            throw new IllegalArgumentException("no parameter " + parameter);
        }
        return array;
    }
}
