package dev.mpo.core.model;

/**
 * Vision and decoder layers with written-out backward passes, as TorchScript that {@link ModelOps} compiles with its
 * own.
 *
 * <p>A forward pass returns its output and the few tensors that the backward pass needs; what is cheap is computed
 * again: norms from their scale, activations from their input. A backward pass adds parameter gradients into the sums
 * {@code s}, in the order of the parameters {@code w}, where an empty tensor stands for a frozen one, and returns the
 * gradient of the layer's input, which means nothing if it was not {@code wanted}. Compared with autograd that is half
 * of the memory and fewer passes over it.
 *
 * <p>On the CPU attention is libtorch's fused kernel, whose backward operator takes the output and the log-sum-exp of
 * the scores. It knows no mask here: a query's keys are divided into runs that are seen entirely and one that is causal
 * (the {@linkplain AttentionPlan pieces}). Each piece is one call; with {@code L = log(sum_i exp(L_i))} over the pieces
 * of a query the output is {@code sum_i exp(L_i - L) o_i}. Backward, the kernel gets {@code L} and the merged output
 * for every piece, with which its weights {@code exp(s - L)} are the true ones; the pieces' gradients then add up. On
 * CUDA in half precision it is variable-length flash attention over gathered keys, whose gradients are added back to
 * the rows that they came from.
 *
 * <p>In half precision the sums {@code s}, scales, log-sum-exps and sums over pieces or segments are in single
 * precision, everything with one number per channel of a token in half.
 *
 * <p>Letters as in {@link ModelOps}; R rows that a layer computes.
 */
final class LayerOps {

    private static final String GRADIENTS = """
            def add_rows(self, s: Tensor, g: Tensor) -> int:
              if torch.numel(s) > 0:
                r = torch.add_(s, torch.sum(g, [0], False, dtype=ops.prim.dtype(s)))
              return 0

            def lin_back(self, g: Tensor, x: Tensor, w: List[Tensor], i: int, s: List[Tensor], lora: float, wanted: bool) -> Tensor:
              r = self.add_product(s[i], g, x, 1.)
              r = self.add_rows(s[i + 1], g)
              gx = g
              if wanted:
                gx = self.linear_backward_input(g, w[i])
              if torch.numel(w[i + 2]) > 0:
                none = torch.slice(torch.flatten(w[i + 2]), 0, 0, 0)
                if torch.numel(s[i + 3]) > 0:
                  r = self.add_product(s[i + 3], g, self.linear(x, w[i + 2], none), lora)
                gu = torch.mul(self.linear_backward_input(g, w[i + 3]), lora)
                r = self.add_product(s[i + 2], gu, x, 1.)
                if wanted:
                  gx = torch.add_(gx, self.linear_backward_input(gu, w[i + 2]))
              return gx

            def rms_scale(self, x: Tensor, eps: float) -> Tensor:
              if ops.prim.dtype(x) == 15:
                n = torch.linalg_vector_norm(x, 2, [-1], True, dtype=6)
              else:
                n = torch.linalg_vector_norm(x, 2, [-1], True, dtype=None)
              return torch.rsqrt_(torch.add_(torch.div_(torch.mul_(n, n), torch.size(x, -1)), eps))

            def rms_apply(self, x: Tensor, scale: Tensor, weight: Tensor) -> Tensor:
              return torch.mul_(self.scaled(x, scale), weight)

            def scaled(self, x: Tensor, scale: Tensor) -> Tensor:
              if ops.prim.dtype(x) == 15:
                y = torch.empty_like(x, memory_format=0)
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

            """;

    private static final String VISION = """
            def per_tile(self, x: Tensor, scale: Tensor) -> Tensor:
              y = x
              if torch.numel(scale) > 0:
                y = torch.reshape(torch.mul(torch.view(x, [torch.size(scale, 0), -1, torch.size(x, 1)]), scale), [-1, torch.size(x, 1)])
              return y

            def by_head(self, x: Tensor, n: int, heads: int) -> Tensor:
              return torch.transpose(torch.reshape(x, [n, torch.size(x, 0) // n, heads, -1]), 1, 2)

            def tile_ends(self, x: Tensor, n: int, t: int) -> Tensor:
              return torch.arange(0, n * t + 1, t, dtype=3, layout=None, device=ops.prim.device(x))

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
              h, mean1, scale1, = self.norm_keep(x, w[0], w[1], eps)
              qkv = self.lin(h, w, 2, lora)
              q, k, v, = torch.chunk(qkv, 3, -1)
              scales = torch.zeros([0], dtype=ops.prim.dtype(x), layout=None, device=ops.prim.device(x))
              if torch.numel(w[6]) > 0:
                scale_q = self.rms_scale(q, eps)
                scale_k = self.rms_scale(k, eps)
                q = self.rms_apply(q, scale_q, w[6])
                k = self.rms_apply(k, scale_k, w[7])
                scales = torch.cat([scale_q, scale_k], 1)
              a, lse, rng, unused, = self.tile_attention(q, k, v, n, heads, varlen)
              p = self.lin(a, w, 8, lora)
              x1 = torch.add(x, self.per_tile(torch.mul(p, w[12]), drop1))
              h, mean2, scale2, = self.norm_keep(x1, w[13], w[14], eps)
              f = self.lin(h, w, 15, lora)
              z = self.lin(torch.gelu(f, approximate="none"), w, 19, lora)
              y = torch.add(x1, self.per_tile(torch.mul(z, w[23]), drop2))
              return [torch.view(y, shape), mean1, scale1, qkv, scales, a, lse, rng, unused, p, x1, mean2, scale2, f, z]

            def vision_backward(self, gy: Tensor, x: Tensor, kept: List[Tensor], w: List[Tensor], s: List[Tensor], drop1: Tensor, drop2: Tensor, heads: int, eps: float, lora: float, varlen: bool, wanted: bool) -> Tensor:
              mean1, scale1, qkv, scales, a, lse, rng, unused, p, x1, mean2, scale2, f, z, = kept
              n = torch.size(x, 0)
              shape = [n, torch.size(x, 1), torch.size(x, 2)]
              x = torch.reshape(x, [-1, torch.size(x, 2)])
              gy = torch.reshape(gy, [-1, torch.size(gy, 2)])
              g = self.per_tile(gy, drop2)
              if torch.numel(s[23]) > 0:
                r = self.add_rows(s[23], torch.mul(g, z))
              g = self.lin_back(torch.mul(g, w[23]), torch.gelu(f, approximate="none"), w, 19, s, lora, True)
              g = torch.gelu_backward(g, f, approximate="none")
              h, m, sc, = self.norm_keep(x1, w[13], w[14], eps)
              g = self.lin_back(g, h, w, 15, s, lora, True)
              g1 = torch.add(gy, self.norm_back(g, x1, mean2, scale2, w[13], w[14], s[13], s[14]))
              g = self.per_tile(g1, drop1)
              if torch.numel(s[12]) > 0:
                r = self.add_rows(s[12], torch.mul(g, p))
              g = self.lin_back(torch.mul(g, w[12]), a, w, 8, s, lora, True)
              q, k, v, = torch.chunk(qkv, 3, -1)
              qn = q
              kn = k
              scale_q = scales
              scale_k = scales
              normed = torch.numel(w[6]) > 0
              if normed:
                scale_q, scale_k, = torch.chunk(scales, 2, 1)
                qn = self.rms_apply(q, scale_q, w[6])
                kn = self.rms_apply(k, scale_k, w[7])
              gq, gk, gv, = self.tile_attention_back(g, qn, kn, v, a, lse, rng, unused, n, heads, varlen)
              if normed:
                gq = self.rms_back(gq, q, scale_q, w[6], s[6])
                gk = self.rms_back(gk, k, scale_k, w[7], s[7])
              h, m, sc, = self.norm_keep(x, w[0], w[1], eps)
              wanted = wanted or torch.numel(s[0]) > 0
              g = self.lin_back(torch.cat([gq, gk, gv], 1), h, w, 2, s, lora, wanted)
              if wanted:
                g = torch.add_(self.norm_back(g, x, mean1, scale1, w[0], w[1], s[0], s[1]), g1)
              else:
                g = g1
              return torch.view(g, shape)

            """;

    private static final String DECODER = """
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
              if dtype == 15:
                wide = 6
              return wide

            def pieces_forward(self, q: Tensor, k: Tensor, v: Tensor, pieces: List[int]) -> List[Tensor]:
              heads = torch.size(q, 1)
              out = torch.empty_like(q, memory_format=0)
              lse = torch.empty([torch.size(q, 0), heads], dtype=self.single_if_half(ops.prim.dtype(q)), layout=None, device=ops.prim.device(q))
              for i in range(torch.len(pieces) // 6):
                j = i * 6
                qs = torch.unsqueeze(torch.transpose(torch.slice(q, 0, pieces[j], pieces[j + 1]), 0, 1), 0)
                ks = self.all_heads(torch.slice(k, 0, pieces[j + 2], pieces[j + 3]), heads)
                vs = self.all_heads(torch.slice(v, 0, pieces[j + 2], pieces[j + 3]), heads)
                o, l, = torch._scaled_dot_product_flash_attention_for_cpu(qs, ks, vs, 0., pieces[j + 4] == 1)
                o = torch.transpose(torch.squeeze(o, 0), 0, 1)
                l = torch.t(torch.squeeze(l, 0))
                out_part = torch.slice(out, 0, pieces[j], pieces[j + 1])
                lse_part = torch.slice(lse, 0, pieces[j], pieces[j + 1])
                if pieces[j + 5] == 1:
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
              for i in range(torch.len(pieces) // 6):
                j = i * 6
                qs = torch.unsqueeze(torch.transpose(torch.slice(q, 0, pieces[j], pieces[j + 1]), 0, 1), 0)
                ks = self.all_heads(torch.slice(k, 0, pieces[j + 2], pieces[j + 3]), heads)
                vs = self.all_heads(torch.slice(v, 0, pieces[j + 2], pieces[j + 3]), heads)
                gs = torch.unsqueeze(torch.transpose(torch.slice(g, 0, pieces[j], pieces[j + 1]), 0, 1), 0)
                os = torch.unsqueeze(torch.transpose(torch.slice(out, 0, pieces[j], pieces[j + 1]), 0, 1), 0)
                ls = torch.unsqueeze(torch.t(torch.slice(lse, 0, pieces[j], pieces[j + 1])), 0)
                dq, dk, dv, = torch._scaled_dot_product_flash_attention_for_cpu_backward(gs, qs, ks, vs, os, ls, 0., pieces[j + 4] == 1)
                r = self.add_heads(torch.slice(gq, 0, pieces[j], pieces[j + 1]), dq)
                r = self.add_heads(torch.slice(gk, 0, pieces[j + 2], pieces[j + 3]), dk)
                r = self.add_heads(torch.slice(gv, 0, pieces[j + 2], pieces[j + 3]), dv)
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

            def joins_query_key_value(self, joined: List[Tensor], rows: Tensor) -> bool:
              joins = False
              if torch.len(joined) > 0:
                joins = torch.numel(joined[0]) > 0 and torch.numel(rows) == 0
              return joins

            def joined_query_key_value(self, h: Tensor, joined: List[Tensor], tables: List[Tensor], shape: List[int]) -> List[Tensor]:
              heads, groups, d, packed, = shape
              qkv = torch.view(self.linear(h, joined[0], joined[1]), [torch.size(h, 0), heads + groups + groups, d])
              qk = self.rope(torch.narrow(qkv, 1, 0, heads + groups), tables[0], tables[1])
              return [torch.narrow(qk, 1, 0, heads), torch.narrow(qk, 1, heads, groups), torch.narrow(qkv, 1, heads + groups, groups)]

            def joined_query_key_value_back(self, gq: Tensor, gk: Tensor, gv: Tensor, h: Tensor, joined: List[Tensor], sums: List[Tensor], tables: List[Tensor], wanted: bool) -> Tensor:
              gqk = self.rope(torch.cat([gq, gk], 1), tables[0], torch.neg(tables[1]))
              g = torch.reshape(torch.cat([gqk, gv], 1), [torch.size(h, 0), -1])
              r = self.add_product(sums[0], g, h, 1.)
              r = self.add_rows(sums[1], g)
              if wanted:
                g = self.linear_backward_input(g, joined[0])
              return g

            def gate_up_back(self, g: Tensor, m: Tensor, gate: Tensor, up: Tensor, h: Tensor, joined: List[Tensor], sums: List[Tensor]) -> Tensor:
              width = torch.size(g, 1)
              both = torch.empty([torch.size(g, 0), 2 * width], dtype=ops.prim.dtype(g), layout=None, device=ops.prim.device(g))
              r = torch.mul(m, g, out=torch.narrow(both, 1, width, width))
              r = torch.silu_backward(torch.mul_(g, up), gate, grad_input=torch.narrow(both, 1, 0, width))
              n = self.add_product(sums[2], both, h, 1.)
              return self.linear_backward_input(both, joined[2])

            def decoder_forward(self, x: Tensor, w: List[Tensor], joined: List[Tensor], tables: List[Tensor], rows: Tensor, pieces: List[int], varlen: List[Tensor], longest: List[int], shape: List[int], eps: float, lora: float) -> List[Tensor]:
              scale1 = self.rms_scale(x, eps)
              h = self.rms_apply(x, scale1, w[0])
              if self.joins_query_key_value(joined, rows):
                q, k, v, = self.joined_query_key_value(h, joined, tables, shape)
              else:
                q, k, v, = self.query_key_value(h, w, tables, rows, shape, lora)
              v = torch.contiguous(v)
              a, lse, rng, unused, = self.stream_attention(q, k, v, pieces, varlen, longest)
              if torch.numel(rows) > 0:
                x = torch.index_select(x, 0, rows)
              x1 = torch.add(x, self.lin(a, w, 13, lora))
              scale2 = self.rms_scale(x1, eps)
              h = self.rms_apply(x1, scale2, w[17])
              if torch.len(joined) > 0:
                gate, up, = torch.chunk(torch.linear(h, joined[2]), 2, -1)
              else:
                gate = self.lin(h, w, 18, lora)
                up = self.lin(h, w, 22, lora)
              y = torch.add(x1, self.lin(torch.mul_(torch.silu(gate), up), w, 26, lora))
              return [y, scale1, q, k, v, a, lse, rng, unused, x1, scale2, gate, up]

            def decoder_backward(self, gy: Tensor, x: Tensor, kept: List[Tensor], w: List[Tensor], s: List[Tensor], joined: List[Tensor], sums: List[Tensor], tables: List[Tensor], rows: Tensor, pieces: List[int], varlen: List[Tensor], longest: List[int], shape: List[int], lora: float, wanted: bool) -> Tensor:
              scale1, q, k, v, a, lse, rng, unused, x1, scale2, gate, up, = kept
              m = torch.silu(gate)
              g = self.lin_back(gy, torch.mul(m, up), w, 26, s, lora, True)
              h = self.rms_apply(x1, scale2, w[17])
              if torch.len(joined) > 0:
                g = self.gate_up_back(g, m, gate, up, h, joined, sums)
              else:
                g_up = torch.mul_(m, g)
                g_gate = torch.silu_backward(torch.mul_(g, up), gate)
                g = self.lin_back(g_gate, h, w, 18, s, lora, True)
                g = torch.add_(g, self.lin_back(g_up, h, w, 22, s, lora, True))
              g1 = torch.add_(self.rms_back(g, x1, scale2, w[17], s[17]), gy)
              g = self.lin_back(g1, a, w, 13, s, lora, True)
              gq, gk, gv, = self.stream_attention_back(g, q, k, v, a, lse, rng, unused, pieces, varlen, longest)
              wanted = wanted or torch.numel(s[0]) > 0
              h = self.rms_apply(x, scale1, w[0])
              if self.joins_query_key_value(joined, rows):
                g = self.joined_query_key_value_back(gq, gk, gv, h, joined, sums, tables, wanted)
              else:
                g = self.query_key_value_back(gq, gk, gv, h, w, s, tables, rows, shape, lora, wanted)
              if wanted:
                g = self.rms_back(g, x, scale1, w[0], s[0])
                if torch.numel(rows) > 0:
                  g = torch.index_add_(g, 0, rows, g1)
                else:
                  g = torch.add_(g, g1)
              return g

            def query_key_value_back(self, gq: Tensor, gk: Tensor, gv: Tensor, h: Tensor, w: List[Tensor], s: List[Tensor], tables: List[Tensor], rows: Tensor, shape: List[int], lora: float, wanted: bool) -> Tensor:
              t = torch.size(h, 0)
              heads, groups, d, packed, = shape
              cos, sin, = tables
              back = torch.neg(sin)
              gk = self.rope(gk, cos, back)
              hq = h
              trimmed = torch.numel(rows) > 0
              if trimmed:
                cos = torch.index_select(cos, 0, rows)
                back = torch.index_select(back, 0, rows)
                hq = torch.index_select(h, 0, rows)
              gq = self.rope(gq, cos, back)
              if packed > 0:
                if trimmed:
                  whole = torch.zeros([t, heads, d], dtype=ops.prim.dtype(gq), layout=None, device=ops.prim.device(gq))
                  gq = torch.index_copy_(whole, 0, rows, gq)
                gq = torch.reshape(gq, [t, groups, heads // groups, d])
                g = torch.cat([gq, torch.unsqueeze(gk, 2), torch.unsqueeze(gv, 2)], 2)
                g = self.lin_back(torch.reshape(g, [t, -1]), h, w, 1, s, lora, wanted)
              else:
                g = self.lin_back(torch.reshape(gk, [t, -1]), h, w, 5, s, lora, wanted)
                gv = self.lin_back(torch.reshape(gv, [t, -1]), h, w, 9, s, lora, wanted)
                gq = self.lin_back(torch.reshape(gq, [-1, heads * d]), hq, w, 1, s, lora, wanted)
                if wanted:
                  g = torch.add_(g, gv)
                  if trimmed:
                    g = torch.index_add_(g, 0, rows, gq)
                  else:
                    g = torch.add_(g, gq)
              return g

            """;

    static final String SOURCE = GRADIENTS + VISION + DECODER;

    private LayerOps() {}
}
