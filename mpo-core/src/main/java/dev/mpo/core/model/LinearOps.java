package dev.mpo.core.model;

import dev.mpo.core.tensor.CpuFeatures;

/**
 * Linear maps as TorchScript: {@code linear}, {@code linear_backward_input}, and {@code add_product}, which adds
 * {@code factor g^T x} to a sum unless that is empty.
 *
 * <p>libtorch multiplies single-precision matrices with MKL, which uses half of the vector width of AMD processors.
 * oneDNN, which is part of libtorch too, uses all of it and takes about half of the time, although inputs and results
 * are copied to and from its own tensor layout. libtorch also has a oneDNN operator without these copies, but it cannot
 * be differentiated and rounds differently: a stage must give the same bits with and without autograd.
 *
 * <p>No tensor in oneDNN's layout has two consumers under autograd: their gradients would be added by oneDNN's sum
 * primitive, which divides by zero, and ends the process, on machines that do not tell the sizes of their caches (some
 * virtual ones).
 */
final class LinearOps {

    private static final String STANDARD = """
            def linear(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
              if torch.numel(bias) > 0:
                y = torch.linear(x, weight, bias)
              else:
                y = torch.linear(x, weight)
              return y

            def linear_backward_input(self, g: Tensor, weight: Tensor) -> Tensor:
              return torch.matmul(g, weight)

            def add_product(self, sums: Tensor, g: Tensor, x: Tensor, factor: float) -> int:
              if torch.numel(sums) > 0:
                r = torch.addmm_(sums, torch.t(g), x, beta=1, alpha=factor)
              return 0

            """;

    private static final String ONE_DNN = """
            def suits_onednn(self, x: Tensor) -> bool:
              return ops.prim.is_cpu(x) and ops.prim.dtype(x) == 6 and torch.numel(x) > 16384

            def linear(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
              b = annotate(Optional[Tensor], None)
              if torch.numel(bias) > 0:
                b = bias
              if self.suits_onednn(x):
                y = torch.to_dense(torch.linear(torch.to_mkldnn(x, None), weight, b), None, masked_grad=None)
              else:
                y = torch.linear(x, weight, b)
              return y

            def linear_backward_input(self, g: Tensor, weight: Tensor) -> Tensor:
              if self.suits_onednn(g):
                y = torch.mkldnn_linear_backward_input([torch.size(g, 0), torch.size(weight, 1)], torch.to_mkldnn(g, None), weight)
                y = torch.to_dense(y, None, masked_grad=None)
              else:
                y = torch.matmul(g, weight)
              return y

            def add_product(self, sums: Tensor, g: Tensor, x: Tensor, factor: float) -> int:
              if torch.numel(sums) > 0:
                if self.suits_onednn(g) and self.suits_onednn(x):
                  gw, gb, = torch.mkldnn_linear_backward_weights(torch.to_mkldnn(g, None), torch.to_mkldnn(x, None), sums, False)
                  r = torch.add_(sums, torch.to_dense(gw, None, masked_grad=None), alpha=factor)
                else:
                  r = torch.addmm_(sums, torch.t(g), x, beta=1, alpha=factor)
              return 0

            """;

    private LinearOps() {}

    /** Returns the variant that suits this processor. */
    static String source() {
        return source(CpuFeatures.prefersOneDnn());
    }

    /** Returns a variant; that with oneDNN compiles only where libtorch has it. */
    static String source(boolean oneDnn) {
        return oneDnn ? ONE_DNN : STANDARD;
    }
}
