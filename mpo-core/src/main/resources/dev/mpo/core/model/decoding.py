# One more token for several sequences. n sequences, H heads, K key-value heads, d head size, L places of the cache that
# take part; a cache is [sequences, key heads then value heads, places, d]; w holds the slots of all layers in a row.

def map(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
  if torch.numel(bias) > 0:
    y = torch.linear(x, weight, bias)
  else:
    y = torch.linear(x, weight)
  return y

def adapted(self, x: Tensor, w: List[Tensor], i: int, lora: float) -> Tensor:
  y = self.map(x, w[i], w[i + BIAS])
  if torch.numel(w[i + LORA_A]) > 0:
    y = torch.add(y, torch.mul(torch.linear(torch.linear(x, w[i + LORA_A]), w[i + LORA_B]), lora))
  return y

def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  turned = torch.roll(x, [torch.size(x, -1) // 2], [-1])
  return torch.addcmul(torch.mul(x, cos), turned, sin, value=1)

def heads_of(self, h: Tensor, w: List[Tensor], j: int, shape: List[int], eps: float, lora: float) -> List[Tensor]:
  heads, groups, d, form, = shape
  n = torch.size(h, 0)
  if form == 0:
    y = torch.view(self.map(h, w[j + ATTENTION_Q], w[j + ATTENTION_Q_BIAS]), [n, heads + 2 * groups, d])
    qk = torch.slice(y, 1, 0, heads + groups)
    v = torch.slice(y, 1, heads + groups)
  elif form == 1:
    q = self.adapted(h, w, j + ATTENTION_Q, lora)
    k = self.adapted(h, w, j + ATTENTION_K, lora)
    qk = torch.view(torch.cat([q, k], -1), [n, heads + groups, d])
    v = torch.view(self.adapted(h, w, j + ATTENTION_V, lora), [n, groups, d])
  else:
    g = heads // groups
    y = torch.view(self.adapted(h, w, j + ATTENTION_Q, lora), [n, groups, g + 2, d])
    q = torch.reshape(torch.slice(y, 2, 0, g), [n, heads, d])
    qk = torch.cat([q, torch.select(y, 2, g)], 1)
    v = torch.select(y, 2, g + 1)
  if torch.numel(w[j + ATTENTION_Q_NORM]) > 0:
    qk = torch.mul(torch.rms_norm(qk, [d], None, eps), w[j + ATTENTION_Q_NORM])
  return [qk, v]

def attend_cached(self, qk: Tensor, v: Tensor, cache: Tensor, rows: Tensor, mask: Optional[Tensor], longest: int, shape: List[int]) -> Tensor:
  heads, groups, d, form, = shape
  n = torch.size(qk, 0)
  q = torch.reshape(torch.slice(qk, 1, 0, heads), [n, groups, -1, d])
  kv = torch.cat([torch.slice(qk, 1, heads), v], 1)
  r = torch.index_copy_(torch.view(cache, [-1, d]), 0, rows, torch.view(kv, [-1, d]))
  c = torch.slice(torch.slice(cache, 0, 0, n), 2, 0, longest)
  a = torch.scaled_dot_product_attention(q, torch.slice(c, 1, 0, groups), torch.slice(c, 1, groups), mask, 0., False)
  return torch.reshape(a, [n, -1])

def after_attention(self, x: Tensor, a: Tensor, w: List[Tensor], j: int, packed: bool, eps: float, lora: float) -> Tensor:
  width = [torch.size(x, -1)]
  if packed:
    x = torch.addmm(x, a, torch.t(w[j + ATTENTION_O]))
    g, u = torch.chunk(torch.linear(torch.rms_norm(x, width, w[j + POST_NORM], eps), w[j + MLP_GATE]), 2, -1)
    x = torch.addmm(x, torch.mul(torch.silu(g), u), torch.t(w[j + MLP_DOWN]))
  else:
    x = torch.add(x, self.adapted(a, w, j + ATTENTION_O, lora))
    h = torch.rms_norm(x, width, w[j + POST_NORM], eps)
    h = torch.mul(torch.silu(self.adapted(h, w, j + MLP_GATE, lora)), self.adapted(h, w, j + MLP_UP, lora))
    x = torch.add(x, self.adapted(h, w, j + MLP_DOWN, lora))
  return x

def layer(self, x: Tensor, w: List[Tensor], j: int, cache: Tensor, rope: List[Tensor], rows: Tensor, mask: Optional[Tensor], longest: int, shape: List[int], packed: bool, eps: float, lora: float) -> Tensor:
  width = [torch.size(x, -1)]
  cos, sin, = rope
  qk, v, = self.heads_of(torch.rms_norm(x, width, w[j + INPUT_NORM], eps), w, j, shape, eps, lora)
  a = self.attend_cached(self.rotate(qk, cos, sin), v, cache, rows, mask, longest, shape)
  return self.after_attention(x, a, w, j, packed, eps, lora)

def hiding(self, places: Tensor, longest: int, dtype: int) -> Tensor:
  at = torch.arange(longest, dtype=INT64, device=ops.prim.device(places))
  hidden = torch.gt(torch.unsqueeze(at, 0), torch.unsqueeze(places, 1))
  zero = torch.zeros([torch.size(places, 0), longest], dtype=dtype, layout=None, device=ops.prim.device(places))
  m = torch.masked_fill(zero, hidden, float("-inf"))
  return torch.unsqueeze(torch.unsqueeze(m, 1), 1)

def step(self, inputs: Tensor, n: int, equal: bool, longest: int, embeddings: Tensor, w: List[Tensor], caches: List[Tensor], tables: List[Tensor], norm: Tensor, output: Tensor, shape: List[int], packed: bool, eps: float, lora: float) -> Tensor:
  here = torch.to(torch.slice(inputs, 1, 0, n), ops.prim.device(embeddings), INT64)
  ids = torch.select(here, 0, 0)
  places = torch.select(here, 0, 1)
  heads = torch.size(caches[0], 1)
  head = torch.add(torch.mul(torch.unsqueeze(torch.arange(n, dtype=INT64, device=ops.prim.device(here)), 1), heads), torch.arange(heads, dtype=INT64, device=ops.prim.device(here)))
  rows = torch.view(torch.add(torch.mul(head, torch.size(caches[0], 2)), torch.unsqueeze(places, 1)), [-1])
  cos, sin, = tables
  rope = [torch.index_select(cos, 0, places), torch.index_select(sin, 0, places)]
  mask = annotate(Optional[Tensor], None)
  if not equal:
    mask = self.hiding(places, longest, ops.prim.dtype(embeddings))
  x = torch.embedding(embeddings, ids)
  stride = torch.len(w) // torch.len(caches)
  for i in range(torch.len(caches)):
    x = self.layer(x, w, i * stride, caches[i], rope, rows, mask, longest, shape, packed, eps, lora)
  z = torch.linear(torch.rms_norm(x, [torch.size(x, -1)], norm, eps), output)
  if ops.prim.dtype(z) == BFLOAT16:
    z = torch.to(z, FLOAT32)
  return z

def append_tables(self, tables: List[Tensor], cos: Tensor, sin: Tensor) -> List[Tensor]:
  a, b = torch.chunk(sin, 2, -1)
  signed = torch.cat([torch.neg(a), b], -1)
  old_cos, old_sin, = tables
  return [torch.cat([old_cos, cos], 0), torch.cat([old_sin, signed], 0)]

def put(self, caches: List[Tensor], slot: int, prompt: List[Tensor]) -> int:
  for i in range(torch.len(caches)):
    r = torch.copy_(torch.slice(torch.select(caches[i], 0, slot), 1, 0, torch.size(prompt[i], 1)), prompt[i])
  return 0

def move(self, caches: List[Tensor], source: int, target: int, length: int) -> int:
  for i in range(torch.len(caches)):
    to = torch.slice(torch.select(caches[i], 0, target), 1, 0, length)
    r = torch.copy_(to, torch.slice(torch.select(caches[i], 0, source), 1, 0, length))
  return 0

def grow(self, cache: Tensor, slots: int, places: int) -> Tensor:
  shape = [slots, torch.size(cache, 1), places, torch.size(cache, 3)]
  out = torch.zeros(shape, dtype=ops.prim.dtype(cache), layout=None, device=ops.prim.device(cache))
  if torch.numel(cache) > 0:
    r = torch.copy_(torch.slice(torch.slice(out, 0, 0, torch.size(cache, 0)), 2, 0, torch.size(cache, 2)), cache)
  return out

def chain(self, vectors: List[Tensor]) -> Tensor:
  return torch.cat(vectors, 0)

def join(self, keys: Tensor, values: Tensor) -> Tensor:
  return torch.contiguous(torch.transpose(torch.cat([keys, values], 1), 0, 1))

# Weights of the norms of queries and keys, [d] each, for every head: [H + K, d].
def head_norms(self, q: Tensor, k: Tensor, heads: int, groups: int) -> Tensor:
  return torch.contiguous(torch.cat([torch.expand(torch.unsqueeze(q, 0), [heads, -1]), torch.expand(torch.unsqueeze(k, 0), [groups, -1])], 0))

# The next m tokens of one prompt whose first L places were read before; past and the result are [K keys then K values,
# places, d]. The query heads that share a key head are rows of one attention call.
def extend_layer(self, x: Tensor, w: List[Tensor], j: int, past: Tensor, rope: List[Tensor], mask: Tensor, shape: List[int], packed: bool, eps: float, lora: float) -> List[Tensor]:
  heads, groups, d, form, = shape
  m = torch.size(x, 0)
  cos, sin, = rope
  qk, v, = self.heads_of(torch.rms_norm(x, [torch.size(x, -1)], w[j + INPUT_NORM], eps), w, j, shape, eps, lora)
  qk = self.rotate(qk, cos, sin)
  own = torch.transpose(torch.cat([torch.slice(qk, 1, heads), v], 1), 0, 1)
  cache = torch.cat([past, own], 1)
  q = torch.permute(torch.reshape(torch.slice(qk, 1, 0, heads), [m, groups, -1, d]), [1, 2, 0, 3])
  g = torch.size(q, 1)
  q = torch.unsqueeze(torch.reshape(q, [groups, -1, d]), 0)
  kv = torch.unsqueeze(cache, 0)
  a = torch.scaled_dot_product_attention(q, torch.slice(kv, 1, 0, groups), torch.slice(kv, 1, groups), torch.repeat(mask, [g, 1]), 0., False)
  a = torch.reshape(torch.permute(torch.view(a, [groups, g, m, d]), [2, 0, 1, 3]), [m, -1])
  return [self.after_attention(x, a, w, j, packed, eps, lora), cache]

# Embeddings x [m, D] of the tokens behind the first `kept` places of a prompt; returns the logits of the token after
# them, [1, V], and the caches of all places.
def extend(self, x: Tensor, kept: int, w: List[Tensor], past: List[Tensor], tables: List[Tensor], norm: Tensor, output: Tensor, shape: List[int], packed: bool, eps: float, lora: float) -> List[Tensor]:
  m = torch.size(x, 0)
  cos, sin, = tables
  rope = [torch.slice(cos, 0, kept, kept + m), torch.slice(sin, 0, kept, kept + m)]
  hidden = torch.full([m, kept + m], float("-inf"), dtype=ops.prim.dtype(x), layout=None, device=ops.prim.device(x))
  mask = torch.triu(hidden, kept + 1)
  out = annotate(List[Tensor], [])
  stride = torch.len(w) // torch.len(past)
  for i in range(torch.len(past)):
    y = self.extend_layer(x, w, i * stride, torch.slice(past[i], 1, 0, kept), rope, mask, shape, packed, eps, lora)
    x = y[0]
    r = torch.append(out, y[1])
  last = torch.slice(x, 0, m - 1)
  z = torch.linear(torch.rms_norm(last, [torch.size(x, -1)], norm, eps), output)
  if ops.prim.dtype(z) == BFLOAT16:
    z = torch.to(z, FLOAT32)
  r = torch.append(out, z)
  return out

# A copy of some rows that does not keep the others alive.
def part(self, x: Tensor, start: int, end: int) -> Tensor:
  return torch.clone(torch.slice(x, 0, start, end), memory_format=CONTIGUOUS)
