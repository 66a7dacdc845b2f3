package dev.mpo.core.weights;

import dev.mpo.core.model.ParameterSpec;
import dev.mpo.core.model.StageSpec;
import java.util.List;

/** One layout's spelling of parameters. */
interface LayoutNames {

    /** Returns the stored tensors that together hold a parameter. */
    List<TensorMapping> mappings(StageSpec stage, ParameterSpec parameter);
}
