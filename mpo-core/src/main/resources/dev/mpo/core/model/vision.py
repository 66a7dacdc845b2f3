# The vision tower: patch embedding, layers, and the projector to the language model.
#
# N tiles, t patches of a tile with the class token; x [N, t, D], inside the written-out passes [N t, D].

KEPT_VISION = (mean1, scale1, qkv, scales, a, lse, rng, unused, p, x1, mean2, scale2, f, z)

def vision_embeddings(self, pixels: Tensor, w: List[Tensor], mean: List[float], std: List[float], dtype: int) -> Tensor:
  n = torch.size(pixels, 0)
  side = torch.size(pixels, 1)
  patch = torch.size(w[PATCH_EMBEDDING], -1)
  grid = side // patch
  m = torch.tensor(mean, dtype=FLOAT32, device=ops.prim.device(pixels))
  s = torch.tensor(std, dtype=FLOAT32, device=ops.prim.device(pixels))
  x = torch.div(torch.to(pixels, FLOAT32), 255.)
  x = torch.div(torch.sub(x, m), s)
  x = torch.permute(torch.view(x, [n, grid, patch, grid, patch, 3]), [0, 1, 3, 5, 2, 4])
  x = torch.to(torch.reshape(x, [n, grid * grid, 3 * patch * patch]), dtype)
  y = self.linear(x, torch.view(w[PATCH_EMBEDDING], [torch.size(w[PATCH_EMBEDDING], 0), -1]), w[PATCH_EMBEDDING_BIAS])
  y = torch.cat([torch.expand(w[CLASS_EMBEDDING], [n, -1, -1]), y], 1)
  return torch.add(y, w[POSITION_EMBEDDING])

def vision_layer(self, x: Tensor, w: List[Tensor], drop1: Tensor, drop2: Tensor, heads: int, eps: float, lora: float) -> Tensor:
  n = torch.size(x, 0)
  t = torch.size(x, 1)
  h = self.norm(x, w[VISION_NORM1], w[VISION_NORM1_BIAS], eps)
  q, k, v = torch.chunk(self.lin(h, w, VISION_ATTENTION_QKV, lora), 3, -1)
  if torch.numel(w[VISION_ATTENTION_Q_NORM]) > 0:
    q = torch.rms_norm(q, [torch.size(q, -1)], w[VISION_ATTENTION_Q_NORM], eps)
    k = torch.rms_norm(k, [torch.size(k, -1)], w[VISION_ATTENTION_K_NORM], eps)
  q = torch.transpose(torch.reshape(q, [n, t, heads, -1]), 1, 2)
  k = torch.transpose(torch.reshape(k, [n, t, heads, -1]), 1, 2)
  v = torch.transpose(torch.reshape(v, [n, t, heads, -1]), 1, 2)
  a = torch.scaled_dot_product_attention(q, k, v, None, 0., False)
  a = torch.reshape(torch.transpose(a, 1, 2), [n, t, -1])
  a = torch.mul(self.lin(a, w, VISION_ATTENTION_PROJ, lora), w[VISION_LAYER_SCALE1])
  if torch.numel(drop1) > 0:
    a = torch.mul(a, drop1)
  x = torch.add(x, a)
  h = self.norm(x, w[VISION_NORM2], w[VISION_NORM2_BIAS], eps)
  h = torch.gelu(self.lin(h, w, VISION_MLP_FC1, lora), approximate="none")
  h = torch.mul(self.lin(h, w, VISION_MLP_FC2, lora), w[VISION_LAYER_SCALE2])
  if torch.numel(drop2) > 0:
    h = torch.mul(h, drop2)
  return torch.add(x, h)

def projector(self, x: Tensor, w: List[Tensor], ratio: float, version: int) -> Tensor:
  n = torch.size(x, 0)
  c = torch.size(x, 2)
  x = torch.slice(x, 1, 1)
  side = int(torch.size(x, 1) ** 0.5 + 0.5)
  short = int(side * ratio)
  factor = side // short
  x = torch.reshape(x, [n, side, short, c * factor])
  x = torch.contiguous(torch.permute(x, [0, 2, 1, 3]))
  x = torch.view(x, [n, short, short, c * factor * factor])
  if version == 2:
    x = torch.permute(x, [0, 2, 1, 3])
  x = torch.reshape(x, [n * short * short, -1])
  x = torch.layer_norm(x, [torch.size(x, -1)], w[PROJECTOR_NORM], w[PROJECTOR_NORM_BIAS], 1.0000000000000001e-05)
  x = torch.gelu(self.linear(x, w[PROJECTOR_LINEAR1], w[PROJECTOR_LINEAR1_BIAS]), approximate="none")
  return self.linear(x, w[PROJECTOR_LINEAR2], w[PROJECTOR_LINEAR2_BIAS])

def per_tile(self, x: Tensor, scale: Tensor) -> Tensor:
  y = x
  if torch.numel(scale) > 0:
    y = torch.reshape(torch.mul(torch.view(x, [torch.size(scale, 0), -1, torch.size(x, 1)]), scale), [-1, torch.size(x, 1)])
  return y

def by_head(self, x: Tensor, n: int, heads: int) -> Tensor:
  return torch.transpose(torch.reshape(x, [n, torch.size(x, 0) // n, heads, -1]), 1, 2)

def tile_ends(self, x: Tensor, n: int, t: int) -> Tensor:
  return torch.arange(0, n * t + 1, t, dtype=INT32, layout=None, device=ops.prim.device(x))

def tile_attention(self, q: Tensor, k: Tensor, v: Tensor, n: int, heads: int, varlen: bool) -> List[Tensor]:
  t = torch.size(q, 0) // n
  none = torch.zeros([0], dtype=ops.prim.dtype(q), layout=None, device=ops.prim.device(q))
  if varlen:
    ends = self.tile_ends(q, n, t)
    qh = torch.reshape(q, [n * t, heads, -1])
    kh = torch.reshape(k, [n * t, heads, -1])
    vh = torch.reshape(v, [n * t, heads, -1])
    a, lse, rng, unused, debug, = torch._flash_attention_forward(qh, kh, vh, ends, ends, t, t, 0., False, False)
    out = [torch.reshape(a, [n * t, -1]), lse, rng, unused]
  else:
    a, lse, = torch._scaled_dot_product_flash_attention_for_cpu(self.by_head(q, n, heads), self.by_head(k, n, heads), self.by_head(v, n, heads), 0., False)
    out = [torch.reshape(torch.transpose(a, 1, 2), [n * t, -1]), lse, none, none]
  return out

def tile_attention_back(self, g: Tensor, q: Tensor, k: Tensor, v: Tensor, a: Tensor, lse: Tensor, rng: Tensor, unused: Tensor, n: int, heads: int, varlen: bool) -> List[Tensor]:
  t = torch.size(q, 0) // n
  if varlen:
    ends = self.tile_ends(q, n, t)
    gh = torch.reshape(g, [n * t, heads, -1])
    qh = torch.reshape(q, [n * t, heads, -1])
    kh = torch.reshape(k, [n * t, heads, -1])
    vh = torch.reshape(v, [n * t, heads, -1])
    ah = torch.reshape(a, [n * t, heads, -1])
    gq, gk, gv, = torch._flash_attention_backward(gh, qh, kh, vh, ah, lse, ends, ends, t, t, 0., False, rng, unused)
  else:
    gq, gk, gv, = torch._scaled_dot_product_flash_attention_for_cpu_backward(self.by_head(g, n, heads), self.by_head(q, n, heads), self.by_head(k, n, heads), self.by_head(v, n, heads), self.by_head(a, n, heads), lse, 0., False)
    gq = torch.transpose(gq, 1, 2)
    gk = torch.transpose(gk, 1, 2)
    gv = torch.transpose(gv, 1, 2)
  return [torch.reshape(gq, [n * t, -1]), torch.reshape(gk, [n * t, -1]), torch.reshape(gv, [n * t, -1])]

def vision_forward(self, x: Tensor, w: List[Tensor], drop1: Tensor, drop2: Tensor, heads: int, eps: float, lora: float, varlen: bool) -> List[Tensor]:
  n = torch.size(x, 0)
  shape = [n, torch.size(x, 1), torch.size(x, 2)]
  x = torch.reshape(x, [-1, torch.size(x, 2)])
  h, mean1, scale1, = self.norm_keep(x, w[VISION_NORM1], w[VISION_NORM1_BIAS], eps)
  qkv = self.lin(h, w, VISION_ATTENTION_QKV, lora)
  q, k, v, = torch.chunk(qkv, 3, -1)
  scales = torch.zeros([0], dtype=ops.prim.dtype(x), layout=None, device=ops.prim.device(x))
  if torch.numel(w[VISION_ATTENTION_Q_NORM]) > 0:
    scale_q = self.rms_scale(q, eps)
    scale_k = self.rms_scale(k, eps)
    q = self.rms_apply(q, scale_q, w[VISION_ATTENTION_Q_NORM])
    k = self.rms_apply(k, scale_k, w[VISION_ATTENTION_K_NORM])
    scales = torch.cat([scale_q, scale_k], 1)
  a, lse, rng, unused, = self.tile_attention(q, k, v, n, heads, varlen)
  p = self.lin(a, w, VISION_ATTENTION_PROJ, lora)
  x1 = torch.add(x, self.per_tile(torch.mul(p, w[VISION_LAYER_SCALE1]), drop1))
  h, mean2, scale2, = self.norm_keep(x1, w[VISION_NORM2], w[VISION_NORM2_BIAS], eps)
  f = self.lin(h, w, VISION_MLP_FC1, lora)
  z = self.lin(torch.gelu(f, approximate="none"), w, VISION_MLP_FC2, lora)
  y = torch.add(x1, self.per_tile(torch.mul(z, w[VISION_LAYER_SCALE2]), drop2))
  return [torch.view(y, shape), *KEPT_VISION]

def vision_backward(self, gy: Tensor, x: Tensor, kept: List[Tensor], w: List[Tensor], s: List[Tensor], drop1: Tensor, drop2: Tensor, heads: int, eps: float, lora: float, varlen: bool, wanted: bool) -> Tensor:
  *KEPT_VISION, = kept
  n = torch.size(x, 0)
  shape = [n, torch.size(x, 1), torch.size(x, 2)]
  x = torch.reshape(x, [-1, torch.size(x, 2)])
  gy = torch.reshape(gy, [-1, torch.size(gy, 2)])
  g = self.per_tile(gy, drop2)
  if torch.numel(s[VISION_LAYER_SCALE2]) > 0:
    r = self.add_rows(s[VISION_LAYER_SCALE2], torch.mul(g, z))
  g = self.lin_back(torch.mul(g, w[VISION_LAYER_SCALE2]), torch.gelu(f, approximate="none"), w, VISION_MLP_FC2, s, lora, True)
  g = torch.gelu_backward(g, f, approximate="none")
  h, m, sc, = self.norm_keep(x1, w[VISION_NORM2], w[VISION_NORM2_BIAS], eps)
  g = self.lin_back(g, h, w, VISION_MLP_FC1, s, lora, True)
  g1 = torch.add(gy, self.norm_back(g, x1, mean2, scale2, w[VISION_NORM2], w[VISION_NORM2_BIAS], s[VISION_NORM2], s[VISION_NORM2_BIAS]))
  g = self.per_tile(g1, drop1)
  if torch.numel(s[VISION_LAYER_SCALE1]) > 0:
    r = self.add_rows(s[VISION_LAYER_SCALE1], torch.mul(g, p))
  g = self.lin_back(torch.mul(g, w[VISION_LAYER_SCALE1]), a, w, VISION_ATTENTION_PROJ, s, lora, True)
  q, k, v, = torch.chunk(qkv, 3, -1)
  qn = q
  kn = k
  scale_q = scales
  scale_k = scales
  normed = torch.numel(w[VISION_ATTENTION_Q_NORM]) > 0
  if normed:
    scale_q, scale_k, = torch.chunk(scales, 2, 1)
    qn = self.rms_apply(q, scale_q, w[VISION_ATTENTION_Q_NORM])
    kn = self.rms_apply(k, scale_k, w[VISION_ATTENTION_K_NORM])
  gq, gk, gv, = self.tile_attention_back(g, qn, kn, v, a, lse, rng, unused, n, heads, varlen)
  if normed:
    gq = self.rms_back(gq, q, scale_q, w[VISION_ATTENTION_Q_NORM], s[VISION_ATTENTION_Q_NORM])
    gk = self.rms_back(gk, k, scale_k, w[VISION_ATTENTION_K_NORM], s[VISION_ATTENTION_K_NORM])
  h, m, sc, = self.norm_keep(x, w[VISION_NORM1], w[VISION_NORM1_BIAS], eps)
  wanted = wanted or torch.numel(s[VISION_NORM1]) > 0
  g = self.lin_back(torch.cat([gq, gk, gv], 1), h, w, VISION_ATTENTION_QKV, s, lora, wanted)
  if wanted:
    g = torch.add_(self.norm_back(g, x, mean1, scale1, w[VISION_NORM1], w[VISION_NORM1_BIAS], s[VISION_NORM1], s[VISION_NORM1_BIAS]), g1)
  else:
    g = g1
  return torch.view(g, shape)
