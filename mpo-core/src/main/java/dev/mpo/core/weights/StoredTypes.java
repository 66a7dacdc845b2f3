package dev.mpo.core.weights;

import dev.mpo.core.safetensors.StoredType;
import dev.mpo.core.tensor.DType;

/** How the element types of tensors are called in files. */
final class StoredTypes {

    private StoredTypes() {}

    static StoredType of(String parameter, DType type) {
        return switch (type) {
            case FLOAT32 -> StoredType.F32;
            case BFLOAT16 -> StoredType.BF16;
            case FLOAT16 -> StoredType.F16;
            default -> throw new IllegalArgumentException("parameter " + parameter + " is of type " + type);
        };
    }
}
