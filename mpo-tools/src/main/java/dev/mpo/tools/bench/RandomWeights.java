package dev.mpo.tools.bench;

import dev.mpo.core.model.ModelParameters;
import dev.mpo.core.tensor.OperatorLibrary;

/** Random starting weights, drawn by the tensor library. */
public final class RandomWeights {

    private static final OperatorLibrary OPS = OperatorLibrary.compile("""
            def normal_(self, x: Tensor, mean: float, std: float) -> int:
              r = torch.normal_(x, mean, std)
              return 0
            def seed(self, seed: int) -> int:
              torch.manual_seed(seed)
              return 0
            """);

    private static final double STANDARD_DEVIATION = 0.02;

    private RandomWeights() {}

    /** Sets norms to about 1 and everything else to about 0. */
    public static void draw(ModelParameters parameters, long seed) {
        OPS.run("seed", seed);
        parameters.byName().forEach((name, tensor) -> {
            boolean norm = name.contains("norm") && name.endsWith("weight");
            OPS.run("normal_", tensor, norm ? 1.0 : 0.0, STANDARD_DEVIATION);
        });
        parameters.publish();
    }
}
