package dev.mpo.core.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Collects the parameters of one stage in storage order. */
final class StageBuilder {

    private final String name;
    private final Part part;
    private final List<ParameterSpec> parameters = new ArrayList<>();

    StageBuilder(String name, Part part) {
        this.name = name;
        this.part = part;
    }

    StageBuilder add(String parameter, Kind kind, long... shape) {
        parameters.add(new ParameterSpec(parameter, Arrays.stream(shape).boxed().toList(), part, kind));
        return this;
    }

    StageBuilder linear(String prefix, long out, long in, boolean bias) {
        add(prefix + ".weight", Kind.MATRIX, out, in);
        return bias ? add(prefix + ".bias", Kind.BIAS, out) : this;
    }

    StageBuilder layerNorm(String prefix, long width) {
        return add(prefix + ".weight", Kind.LAYER_NORM, width).add(prefix + ".bias", Kind.BIAS, width);
    }

    StageBuilder rmsNorm(String prefix, long width) {
        return add(prefix + ".weight", Kind.RMS_NORM, width);
    }

    StageSpec build() {
        return new StageSpec(name, part, parameters);
    }
}
