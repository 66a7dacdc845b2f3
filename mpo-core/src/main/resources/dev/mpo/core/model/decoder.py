# A decoder layer: attention over the packed stream, then a feed-forward block.
#
# x [T, D] residual stream; rows, empty for all, are the R rows whose output is wanted; shape = heads H, key-value heads
# K, head size d, 1 if queries, keys and values are packed. Where the layer has norms of queries and keys, the backward
# pass gets the projections before them and normalises and rotates again.

KEPT_ATTENTION = (scale1, q, k, v, a, lse, rng, unused)
KEPT_GATED = (x1, scale2, gate, up)

# Projections before norm and rotation: queries [R, H, d], keys and values [T, K, d].
def query_key_value(self, h: Tensor, w: List[Tensor], rows: Tensor, shape: List[int], lora: float) -> List[Tensor]:
  t = torch.size(h, 0)
  heads, groups, d, packed, = shape
  trimmed = torch.numel(rows) > 0
  if packed > 0:
    g = heads // groups
    qkv = torch.view(self.lin(h, w, ATTENTION_QKV, lora), [t, groups, g + 2, d])
    q = torch.slice(qkv, 2, 0, g)
    if trimmed:
      q = torch.index_select(q, 0, rows)
    q = torch.reshape(q, [-1, heads, d])
    k = torch.select(qkv, 2, g)
    v = torch.select(qkv, 2, g + 1)
  else:
    hq = h
    if trimmed:
      hq = torch.index_select(h, 0, rows)
    q = torch.view(self.lin(hq, w, ATTENTION_Q, lora), [-1, heads, d])
    k = torch.view(self.lin(h, w, ATTENTION_K, lora), [t, groups, d])
    v = torch.view(self.lin(h, w, ATTENTION_V, lora), [t, groups, d])
  return [q, k, v]

# Gradients of the projections, queries [R, H, d] and keys and values [T, K, d], to that of their input [T, D].
def query_key_value_back(self, gq: Tensor, gk: Tensor, gv: Tensor, h: Tensor, w: List[Tensor], s: List[Tensor], rows: Tensor, shape: List[int], lora: float, wanted: bool) -> Tensor:
  t = torch.size(h, 0)
  heads, groups, d, packed, = shape
  trimmed = torch.numel(rows) > 0
  if packed > 0:
    if trimmed:
      whole = torch.zeros([t, heads, d], dtype=ops.prim.dtype(gq), layout=None, device=ops.prim.device(gq))
      gq = torch.index_copy_(whole, 0, rows, gq)
    gq = torch.reshape(gq, [t, groups, heads // groups, d])
    g = torch.cat([gq, torch.unsqueeze(gk, 2), torch.unsqueeze(gv, 2)], 2)
    g = self.lin_back(torch.reshape(g, [t, -1]), h, w, ATTENTION_QKV, s, lora, wanted)
  else:
    hq = h
    if trimmed:
      hq = torch.index_select(h, 0, rows)
    g = self.lin_back(torch.reshape(gk, [t, -1]), h, w, ATTENTION_K, s, lora, wanted)
    gv = self.lin_back(torch.reshape(gv, [t, -1]), h, w, ATTENTION_V, s, lora, wanted)
    gq = self.lin_back(torch.reshape(gq, [-1, heads * d]), hq, w, ATTENTION_Q, s, lora, wanted)
    if wanted:
      g = torch.add_(g, gv)
      if trimmed:
        g = torch.index_add_(g, 0, rows, gq)
      else:
        g = torch.add_(g, gq)
  return g

# Whether one product makes queries, keys and values: their matrices are neighbours and all rows are wanted.
def joins_query_key_value(self, joined: List[Tensor], rows: Tensor) -> bool:
  joins = False
  if torch.len(joined) > 0:
    joins = torch.numel(joined[JOINED_QKV]) > 0 and torch.numel(rows) == 0
  return joins

def joined_query_key_value(self, h: Tensor, joined: List[Tensor], shape: List[int]) -> List[Tensor]:
  heads, groups, d, packed, = shape
  qkv = torch.view(self.linear(h, joined[JOINED_QKV], joined[JOINED_QKV_BIAS]), [torch.size(h, 0), heads + groups + groups, d])
  return [torch.narrow(qkv, 1, 0, heads), torch.narrow(qkv, 1, heads, groups), torch.narrow(qkv, 1, heads + groups, groups)]

def joined_query_key_value_back(self, gq: Tensor, gk: Tensor, gv: Tensor, h: Tensor, joined: List[Tensor], sums: List[Tensor], wanted: bool) -> Tensor:
  g = torch.reshape(torch.cat([gq, gk, gv], 1), [torch.size(h, 0), -1])
  r = self.add_product(sums[JOINED_QKV], g, h, 1.)
  r = self.add_rows(sums[JOINED_QKV_BIAS], g)
  if wanted:
    g = self.linear_backward_input(g, joined[JOINED_QKV])
  return g

# Queries [R, H, d] and keys [T, K, d], normalised per head where the layer has such norms, and rotated.
def rotated(self, q: Tensor, k: Tensor, w: List[Tensor], tables: List[Tensor], rows: Tensor, eps: float) -> List[Tensor]:
  cos, sin, = tables
  if torch.numel(w[ATTENTION_Q_NORM]) > 0:
    q = torch.rms_norm(q, [torch.size(q, -1)], w[ATTENTION_Q_NORM], eps)
    k = torch.rms_norm(k, [torch.size(k, -1)], w[ATTENTION_K_NORM], eps)
  k = self.rope(k, cos, sin)
  if torch.numel(rows) > 0:
    cos = torch.index_select(cos, 0, rows)
    sin = torch.index_select(sin, 0, rows)
  return [self.rope(q, cos, sin), k]

# Gradients of rotated queries and keys to those of the projections q and k.
def rotated_back(self, gq: Tensor, gk: Tensor, q: Tensor, k: Tensor, w: List[Tensor], s: List[Tensor], tables: List[Tensor], rows: Tensor, eps: float) -> List[Tensor]:
  cos, sin, = tables
  back = torch.neg(sin)
  gk = self.rope(gk, cos, back)
  if torch.numel(rows) > 0:
    cos = torch.index_select(cos, 0, rows)
    back = torch.index_select(back, 0, rows)
  gq = self.rope(gq, cos, back)
  if torch.numel(w[ATTENTION_Q_NORM]) > 0:
    gq = self.head_norm_back(gq, q, w[ATTENTION_Q_NORM], s[ATTENTION_Q_NORM], eps)
    gk = self.head_norm_back(gk, k, w[ATTENTION_K_NORM], s[ATTENTION_K_NORM], eps)
  return [gq, gk]

# Gradient of a norm over the last axis of x [rows, heads, d], in single precision or better.
def head_norm_back(self, g: Tensor, x: Tensor, weight: Tensor, s: Tensor, eps: float) -> Tensor:
  kind = ops.prim.dtype(x)
  wide = self.single_if_half(kind)
  flat = torch.to(torch.reshape(x, [-1, torch.size(x, -1)]), wide)
  g = torch.to(torch.reshape(g, [-1, torch.size(x, -1)]), wide)
  gx = self.rms_back(g, flat, self.rms_scale(flat, eps), torch.to(weight, wide), s)
  return torch.to(torch.view(gx, torch.size(x)), kind)

# The residual stream after attention, [R, D], and what the backward pass needs.
def attention_forward(self, x: Tensor, w: List[Tensor], joined: List[Tensor], tables: List[Tensor], rows: Tensor, pieces: List[int], varlen: List[Tensor], longest: List[int], shape: List[int], eps: float, lora: float) -> List[Tensor]:
  scale1 = self.rms_scale(x, eps)
  h = self.rms_apply(x, scale1, w[INPUT_NORM])
  if self.joins_query_key_value(joined, rows):
    q, k, v, = self.joined_query_key_value(h, joined, shape)
  else:
    q, k, v, = self.query_key_value(h, w, rows, shape, lora)
  qr, kr, = self.rotated(q, k, w, tables, rows, eps)
  if torch.numel(w[ATTENTION_Q_NORM]) == 0:
    q = qr
    k = kr
    v = torch.contiguous(v)
  a, lse, rng, unused, = self.stream_attention(qr, kr, v, pieces, varlen, longest)
  if torch.numel(rows) > 0:
    x = torch.index_select(x, 0, rows)
  return [torch.add(x, self.lin(a, w, ATTENTION_O, lora)), *KEPT_ATTENTION]

# g1 [R, D], the gradient of the stream after attention, to that of the layer's input x [T, D].
def attention_backward(self, g1: Tensor, x: Tensor, kept: List[Tensor], w: List[Tensor], s: List[Tensor], joined: List[Tensor], sums: List[Tensor], tables: List[Tensor], rows: Tensor, pieces: List[int], varlen: List[Tensor], longest: List[int], shape: List[int], eps: float, lora: float, wanted: bool) -> Tensor:
  *KEPT_ATTENTION, = kept
  g = self.lin_back(g1, a, w, ATTENTION_O, s, lora, True)
  qr = q
  kr = k
  if torch.numel(w[ATTENTION_Q_NORM]) > 0:
    qr, kr, = self.rotated(q, k, w, tables, rows, eps)
  gq, gk, gv, = self.stream_attention_back(g, qr, kr, v, a, lse, rng, unused, pieces, varlen, longest)
  gq, gk, = self.rotated_back(gq, gk, q, k, w, s, tables, rows, eps)
  wanted = wanted or torch.numel(s[INPUT_NORM]) > 0
  h = self.rms_apply(x, scale1, w[INPUT_NORM])
  if self.joins_query_key_value(joined, rows):
    g = self.joined_query_key_value_back(gq, gk, gv, h, joined, sums, wanted)
  else:
    g = self.query_key_value_back(gq, gk, gv, h, w, s, rows, shape, lora, wanted)
  if wanted:
    g = self.rms_back(g, x, scale1, w[INPUT_NORM], s[INPUT_NORM])
    if torch.numel(rows) > 0:
      g = torch.index_add_(g, 0, rows, g1)
    else:
      g = torch.add_(g, g1)
  return g

def gate_up_back(self, g: Tensor, m: Tensor, gate: Tensor, up: Tensor, h: Tensor, joined: List[Tensor], sums: List[Tensor]) -> Tensor:
  width = torch.size(g, 1)
  both = torch.empty([torch.size(g, 0), 2 * width], dtype=ops.prim.dtype(g), layout=None, device=ops.prim.device(g))
  r = torch.mul(m, g, out=torch.narrow(both, 1, width, width))
  r = torch.silu_backward(torch.mul_(g, up), gate, grad_input=torch.narrow(both, 1, 0, width))
  n = self.add_product(sums[JOINED_GATE_UP], both, h, 1.)
  return self.linear_backward_input(both, joined[JOINED_GATE_UP])

# A layer with a gated feed-forward block: gate and up [R, I].
def decoder_forward(self, x: Tensor, w: List[Tensor], joined: List[Tensor], tables: List[Tensor], rows: Tensor, pieces: List[int], varlen: List[Tensor], longest: List[int], shape: List[int], eps: float, lora: float) -> List[Tensor]:
  x1, *KEPT_ATTENTION, = self.attention_forward(x, w, joined, tables, rows, pieces, varlen, longest, shape, eps, lora)
  scale2 = self.rms_scale(x1, eps)
  h = self.rms_apply(x1, scale2, w[POST_NORM])
  if torch.len(joined) > 0:
    gate, up, = torch.chunk(torch.linear(h, joined[JOINED_GATE_UP]), 2, -1)
  else:
    gate = self.lin(h, w, MLP_GATE, lora)
    up = self.lin(h, w, MLP_UP, lora)
  y = torch.add(x1, self.lin(torch.mul_(torch.silu(gate), up), w, MLP_DOWN, lora))
  return [y, *KEPT_ATTENTION, *KEPT_GATED]

def decoder_backward(self, gy: Tensor, x: Tensor, kept: List[Tensor], w: List[Tensor], s: List[Tensor], joined: List[Tensor], sums: List[Tensor], tables: List[Tensor], rows: Tensor, pieces: List[int], varlen: List[Tensor], longest: List[int], shape: List[int], eps: float, lora: float, wanted: bool) -> Tensor:
  *KEPT_ATTENTION, *KEPT_GATED, = kept
  m = torch.silu(gate)
  g = self.lin_back(gy, torch.mul(m, up), w, MLP_DOWN, s, lora, True)
  h = self.rms_apply(x1, scale2, w[POST_NORM])
  if torch.len(joined) > 0:
    g = self.gate_up_back(g, m, gate, up, h, joined, sums)
  else:
    g_up = torch.mul_(m, g)
    g_gate = torch.silu_backward(torch.mul_(g, up), gate)
    g = self.lin_back(g_gate, h, w, MLP_GATE, s, lora, True)
    g = torch.add_(g, self.lin_back(g_up, h, w, MLP_UP, s, lora, True))
  g1 = torch.add_(self.rms_back(g, x1, scale2, w[POST_NORM], s[POST_NORM]), gy)
  return self.attention_backward(g1, x, [*KEPT_ATTENTION], w, s, joined, sums, tables, rows, pieces, varlen, longest, shape, eps, lora, wanted)

# The feed-forward block under autograd: the stream after attention x [R, D] to the layer's output.
def feed_forward(self, x: Tensor, w: List[Tensor], eps: float, lora: float) -> Tensor:
  h = torch.rms_norm(x, [torch.size(x, -1)], w[POST_NORM], eps)
  h = torch.mul(torch.silu(self.lin(h, w, MLP_GATE, lora)), self.lin(h, w, MLP_UP, lora))
  return torch.add(x, self.lin(h, w, MLP_DOWN, lora))

# The layer under autograd: the output [R, D], and the rotated keys and the values of all rows [T, K, d].
def decoder_prefill(self, x: Tensor, w: List[Tensor], tables: List[Tensor], rows: Tensor, segments: List[int], masks: List[Tensor], varlen: List[Tensor], longest: List[int], shape: List[int], eps: float, lora: float) -> List[Tensor]:
  h = torch.rms_norm(x, [torch.size(x, -1)], w[INPUT_NORM], eps)
  q, k, v, = self.query_key_value(h, w, rows, shape, lora)
  q, k, = self.rotated(q, k, w, tables, rows, eps)
  if torch.numel(rows) > 0:
    x = torch.index_select(x, 0, rows)
  a = self.attention(q, k, v, segments, masks, varlen, longest)
  x = torch.add(x, self.lin(a, w, ATTENTION_O, lora))
  return [self.feed_forward(x, w, eps, lora), torch.contiguous(k), torch.contiguous(v)]

def decoder_layer(self, x: Tensor, w: List[Tensor], tables: List[Tensor], rows: Tensor, segments: List[int], masks: List[Tensor], varlen: List[Tensor], longest: List[int], shape: List[int], eps: float, lora: float) -> Tensor:
  y, k, v, = self.decoder_prefill(x, w, tables, rows, segments, masks, varlen, longest, shape, eps, lora)
  return y
