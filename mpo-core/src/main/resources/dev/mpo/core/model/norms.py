# Norms over the last axis of x [rows, D]; scale [rows, 1] is one over the root mean square (or the deviation).
# In half precision scales are in single precision.

def norm(self, x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
  if torch.numel(bias) > 0:
    y = torch.layer_norm(x, [torch.size(x, -1)], weight, bias, eps)
  else:
    y = torch.rms_norm(x, [torch.size(x, -1)], weight, eps)
  return y

def rms_norm(self, x: Tensor, weight: Tensor, eps: float) -> Tensor:
  return torch.rms_norm(x, [torch.size(x, -1)], weight, eps)

def rms_scale(self, x: Tensor, eps: float) -> Tensor:
  if ops.prim.dtype(x) == BFLOAT16:
    n = torch.linalg_vector_norm(x, 2, [-1], True, dtype=FLOAT32)
  else:
    n = torch.linalg_vector_norm(x, 2, [-1], True, dtype=None)
  return torch.rsqrt_(torch.add_(torch.div_(torch.mul_(n, n), torch.size(x, -1)), eps))

def rms_apply(self, x: Tensor, scale: Tensor, weight: Tensor) -> Tensor:
  return torch.mul_(self.scaled(x, scale), weight)

def scaled(self, x: Tensor, scale: Tensor) -> Tensor:
  if ops.prim.dtype(x) == BFLOAT16:
    y = torch.empty_like(x, memory_format=CONTIGUOUS)
    r = torch.mul(x, scale, out=y)
  else:
    y = torch.mul(x, scale)
  return y

def rms_back(self, g: Tensor, x: Tensor, scale: Tensor, weight: Tensor, s: Tensor) -> Tensor:
  n = self.scaled(x, scale)
  gn = torch.mul(g, n)
  r = self.add_rows(s, gn)
  c = torch.div_(torch.unsqueeze(torch.mv(gn, weight), 1), torch.size(x, -1))
  gx = torch.addcmul_(torch.mul(g, weight), n, c, value=-1)
  return torch.mul_(gx, scale)

def norm_keep(self, x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> List[Tensor]:
  if torch.numel(bias) > 0:
    h, mean, scale, = torch.native_layer_norm(x, [torch.size(x, -1)], weight, bias, eps)
  else:
    scale = self.rms_scale(x, eps)
    mean = bias
    h = self.rms_apply(x, scale, weight)
  return [h, mean, scale]

def norm_back(self, g: Tensor, x: Tensor, mean: Tensor, scale: Tensor, weight: Tensor, bias: Tensor, s: Tensor, sb: Tensor) -> Tensor:
  if torch.numel(bias) > 0:
    gx, gw, gb, = torch.native_layer_norm_backward(g, x, [torch.size(x, -1)], mean, scale, weight, bias, [True, True, True])
    if torch.numel(s) > 0:
      r = torch.add_(s, gw)
      r = torch.add_(sb, gb)
  else:
    gx = self.rms_back(g, x, scale, weight, s)
  return gx
