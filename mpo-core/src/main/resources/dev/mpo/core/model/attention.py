# Attention over a packed stream: q [R, H, d], k and v [T, K, d], output [R, H d].
#
# On the CPU it is libtorch's fused kernel by pieces without masks, merged by log-sum-exp: with L = log(sum_i exp(L_i))
# over the pieces of a query the output is sum_i exp(L_i - L) o_i, and the kernel's backward pass gets L and the merged
# output for every piece. On CUDA in half precision it is variable-length flash attention over gathered keys. Else it is
# fused attention by segment under autograd, with a mask where plain causality does not say it.

def causal_mask(self, queries: int, keys: int, dtype: int, device: str) -> Tensor:
  m = torch.full([queries, keys], float("-inf"), dtype=dtype, layout=None, device=torch.device(device))
  return torch.triu(m, keys - queries + 1)

def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
  q = torch.unsqueeze(torch.transpose(q, 0, 1), 0)
  g = torch.size(q, 1) // torch.size(k, 1)
  if g > 1:
    k = torch.reshape(torch.expand(torch.unsqueeze(k, 2), [-1, -1, g, -1]), [torch.size(k, 0), -1, torch.size(k, 2)])
    v = torch.reshape(torch.expand(torch.unsqueeze(v, 2), [-1, -1, g, -1]), [torch.size(v, 0), -1, torch.size(v, 2)])
  k = torch.unsqueeze(torch.transpose(k, 0, 1), 0)
  v = torch.unsqueeze(torch.transpose(v, 0, 1), 0)
  if torch.numel(mask) > 0:
    a = torch.scaled_dot_product_attention(q, k, v, mask, 0., False)
  else:
    a = torch.scaled_dot_product_attention(q, k, v, None, 0., torch.size(q, 2) > 1)
  return torch.transpose(torch.squeeze(a, 0), 0, 1)

def segment_attention(self, q: Tensor, k: Tensor, v: Tensor, segments: List[int], masks: List[Tensor]) -> Tensor:
  out = annotate(List[Tensor], [])
  n = torch.len(segments) // SEGMENT_NUMBERS
  for i in range(n):
    j = i * SEGMENT_NUMBERS
    qs = torch.slice(q, 0, segments[j + QUERY_START], segments[j + QUERY_END])
    ks = torch.slice(k, 0, segments[j + OWN_START], segments[j + OWN_END])
    vs = torch.slice(v, 0, segments[j + OWN_START], segments[j + OWN_END])
    if segments[j + PREFIX_END] > segments[j + PREFIX_START]:
      ks = torch.cat([torch.slice(k, 0, segments[j + PREFIX_START], segments[j + PREFIX_END]), ks], 0)
      vs = torch.cat([torch.slice(v, 0, segments[j + PREFIX_START], segments[j + PREFIX_END]), vs], 0)
    r = torch.append(out, self.attend(qs, ks, vs, masks[i]))
  if n == 1:
    y = out[0]
  else:
    y = torch.cat(out, 0)
  return torch.reshape(y, [torch.size(y, 0), -1])

def attention(self, q: Tensor, k: Tensor, v: Tensor, segments: List[int], masks: List[Tensor], varlen: List[Tensor], longest: List[int]) -> Tensor:
  if torch.len(varlen) > 0:
    y, lse, rng, unused, = self.stream_attention(q, k, v, annotate(List[int], []), varlen, longest)
  else:
    y = self.segment_attention(q, k, v, segments, masks)
  return y

def all_heads(self, x: Tensor, heads: int) -> Tensor:
  g = heads // torch.size(x, 1)
  if g > 1:
    x = torch.reshape(torch.expand(torch.unsqueeze(x, 2), [-1, -1, g, -1]), [torch.size(x, 0), heads, torch.size(x, 2)])
  return torch.unsqueeze(torch.transpose(x, 0, 1), 0)

def add_heads(self, sums: Tensor, g: Tensor) -> int:
  g = torch.transpose(torch.squeeze(g, 0), 0, 1)
  k = torch.size(sums, 1)
  if torch.size(g, 1) > k:
    g = torch.sum(torch.reshape(g, [torch.size(g, 0), k, -1, torch.size(g, 2)]), [2], False, dtype=None)
  r = torch.add_(sums, g)
  return 0

def single_if_half(self, dtype: int) -> int:
  wide = dtype
  if dtype == BFLOAT16:
    wide = FLOAT32
  return wide

def pieces_forward(self, q: Tensor, k: Tensor, v: Tensor, pieces: List[int]) -> List[Tensor]:
  heads = torch.size(q, 1)
  out = torch.empty_like(q, memory_format=CONTIGUOUS)
  lse = torch.empty([torch.size(q, 0), heads], dtype=self.single_if_half(ops.prim.dtype(q)), layout=None, device=ops.prim.device(q))
  for i in range(torch.len(pieces) // PIECE_NUMBERS):
    j = i * PIECE_NUMBERS
    qs = torch.unsqueeze(torch.transpose(torch.slice(q, 0, pieces[j + QUERY_START], pieces[j + QUERY_END]), 0, 1), 0)
    ks = self.all_heads(torch.slice(k, 0, pieces[j + KEY_START], pieces[j + KEY_END]), heads)
    vs = self.all_heads(torch.slice(v, 0, pieces[j + KEY_START], pieces[j + KEY_END]), heads)
    o, l, = torch._scaled_dot_product_flash_attention_for_cpu(qs, ks, vs, 0., pieces[j + CAUSAL] == 1)
    o = torch.transpose(torch.squeeze(o, 0), 0, 1)
    l = torch.t(torch.squeeze(l, 0))
    out_part = torch.slice(out, 0, pieces[j + QUERY_START], pieces[j + QUERY_END])
    lse_part = torch.slice(lse, 0, pieces[j + QUERY_START], pieces[j + QUERY_END])
    if pieces[j + FIRST] == 1:
      r = torch.copy_(out_part, o)
      r = torch.copy_(lse_part, l)
    else:
      both = torch.logaddexp(lse_part, l)
      r = torch.mul_(out_part, torch.unsqueeze(torch.exp_(torch.sub(lse_part, both)), 2))
      r = torch.addcmul_(out_part, o, torch.unsqueeze(torch.exp_(torch.sub(l, both)), 2))
      r = torch.copy_(lse_part, both)
  return [torch.reshape(out, [torch.size(q, 0), -1]), lse]

def pieces_backward(self, g: Tensor, q: Tensor, k: Tensor, v: Tensor, out: Tensor, lse: Tensor, pieces: List[int]) -> List[Tensor]:
  heads = torch.size(q, 1)
  g = torch.view(g, [-1, heads, torch.size(q, 2)])
  out = torch.view(out, [-1, heads, torch.size(q, 2)])
  kind = ops.prim.dtype(q)
  wide = self.single_if_half(kind)
  gq = torch.zeros(torch.size(q), dtype=wide, layout=None, device=ops.prim.device(q))
  gk = torch.zeros(torch.size(k), dtype=wide, layout=None, device=ops.prim.device(q))
  gv = torch.zeros(torch.size(k), dtype=wide, layout=None, device=ops.prim.device(q))
  for i in range(torch.len(pieces) // PIECE_NUMBERS):
    j = i * PIECE_NUMBERS
    qs = torch.unsqueeze(torch.transpose(torch.slice(q, 0, pieces[j + QUERY_START], pieces[j + QUERY_END]), 0, 1), 0)
    ks = self.all_heads(torch.slice(k, 0, pieces[j + KEY_START], pieces[j + KEY_END]), heads)
    vs = self.all_heads(torch.slice(v, 0, pieces[j + KEY_START], pieces[j + KEY_END]), heads)
    gs = torch.unsqueeze(torch.transpose(torch.slice(g, 0, pieces[j + QUERY_START], pieces[j + QUERY_END]), 0, 1), 0)
    os = torch.unsqueeze(torch.transpose(torch.slice(out, 0, pieces[j + QUERY_START], pieces[j + QUERY_END]), 0, 1), 0)
    ls = torch.unsqueeze(torch.t(torch.slice(lse, 0, pieces[j + QUERY_START], pieces[j + QUERY_END])), 0)
    dq, dk, dv, = torch._scaled_dot_product_flash_attention_for_cpu_backward(gs, qs, ks, vs, os, ls, 0., pieces[j + CAUSAL] == 1)
    r = self.add_heads(torch.slice(gq, 0, pieces[j + QUERY_START], pieces[j + QUERY_END]), dq)
    r = self.add_heads(torch.slice(gk, 0, pieces[j + KEY_START], pieces[j + KEY_END]), dk)
    r = self.add_heads(torch.slice(gv, 0, pieces[j + KEY_START], pieces[j + KEY_END]), dv)
  return [torch.to(gq, kind), torch.to(gk, kind), torch.to(gv, kind)]

def scatter_keys(self, g: Tensor, like: Tensor, rows: Tensor) -> Tensor:
  kind = ops.prim.dtype(g)
  wide = self.single_if_half(kind)
  sums = torch.zeros(torch.size(like), dtype=wide, layout=None, device=ops.prim.device(g))
  return torch.to(torch.index_add_(sums, 0, rows, torch.to(g, wide)), kind)

def stream_attention(self, q: Tensor, k: Tensor, v: Tensor, pieces: List[int], varlen: List[Tensor], longest: List[int]) -> List[Tensor]:
  none = torch.zeros([0], dtype=ops.prim.dtype(q), layout=None, device=ops.prim.device(q))
  if torch.len(varlen) > 0:
    cu_q, cu_k, rows, = varlen
    ks = torch.index_select(k, 0, rows)
    vs = torch.index_select(v, 0, rows)
    a, lse, rng, unused, debug, = torch._flash_attention_forward(q, ks, vs, cu_q, cu_k, longest[0], longest[1], 0., True, False)
    out = [torch.reshape(a, [torch.size(q, 0), -1]), lse, rng, unused]
  else:
    a, lse, = self.pieces_forward(q, k, v, pieces)
    out = [a, lse, none, none]
  return out

def stream_attention_back(self, g: Tensor, q: Tensor, k: Tensor, v: Tensor, a: Tensor, lse: Tensor, rng: Tensor, unused: Tensor, pieces: List[int], varlen: List[Tensor], longest: List[int]) -> List[Tensor]:
  if torch.len(varlen) > 0:
    cu_q, cu_k, rows, = varlen
    ks = torch.index_select(k, 0, rows)
    vs = torch.index_select(v, 0, rows)
    gh = torch.view(g, [-1, torch.size(q, 1), torch.size(q, 2)])
    ah = torch.view(a, [-1, torch.size(q, 1), torch.size(q, 2)])
    gq, gks, gvs, = torch._flash_attention_backward(gh, q, ks, vs, ah, lse, cu_q, cu_k, longest[0], longest[1], 0., True, rng, unused)
    out = [gq, self.scatter_keys(gks, k, rows), self.scatter_keys(gvs, v, rows)]
  else:
    out = self.pieces_backward(g, q, k, v, a, lse, pieces)
  return out
