package dev.mpo.core.model;

import java.util.List;

/**
 * A stage of the model, without its values: the unit in which the engine computes, recomputes and shards.
 *
 * @param name unique name, such as {@code language.layers.0}
 * @param part the part of the model it belongs to
 * @param parameters its parameters in storage order
 */
public record StageSpec(String name, Part part, List<ParameterSpec> parameters) {

    /** Copies the parameters. */
    public StageSpec {
        parameters = List.copyOf(parameters);
    }

    /** Returns the full name of one of this stage's parameters. */
    public String fullName(ParameterSpec parameter) {
        return name + "." + parameter.name();
    }

    /** Returns the number of elements of all parameters. */
    public long numElements() {
        return parameters.stream().mapToLong(ParameterSpec::numElements).sum();
    }
}
