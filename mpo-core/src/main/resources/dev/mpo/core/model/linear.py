# Linear maps. add_product adds factor g^T x to a sum unless that is empty. In half precision the product is rounded
# before it is added to the sum in single precision: libtorch has no matrix product of mixed types.

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
    if ops.prim.dtype(g) == ops.prim.dtype(sums):
      r = torch.addmm_(sums, torch.t(g), x, beta=1, alpha=factor)
    else:
      r = torch.add_(sums, torch.matmul(torch.t(g), x), alpha=factor)
  return 0
