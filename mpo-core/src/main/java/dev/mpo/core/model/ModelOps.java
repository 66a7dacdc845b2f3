package dev.mpo.core.model;

import dev.mpo.core.tensor.OperatorLibrary;

/**
 * The arithmetic of every stage, as TorchScript.
 *
 * <p>Letters in comments: N tiles, T tokens of the packed stream, D width, H heads, K key-value heads, d head size, V
 * vocabulary, M scored positions. {@code w} is a stage's list of parameters in the order of its {@link SlotPlan}; an
 * absent one is an empty tensor. A linear map takes four slots: weight, bias, LoRA A, LoRA B.
 */
final class ModelOps {

    static final OperatorLibrary OPS = OperatorLibrary.compile(LinearOps.SOURCE + LayerOps.SOURCE + """
            def lin(self, x: Tensor, w: List[Tensor], i: int, lora: float) -> Tensor:
              y = self.linear(x, w[i], w[i + 1])
              if torch.numel(w[i + 2]) > 0:
                none = torch.slice(torch.flatten(w[i + 2]), 0, 0, 0)
                y = torch.add(y, torch.mul(self.linear(self.linear(x, w[i + 2], none), w[i + 3], none), lora))
              return y

            def norm(self, x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
              if torch.numel(bias) > 0:
                y = torch.layer_norm(x, [torch.size(x, -1)], weight, bias, eps)
              else:
                y = torch.rms_norm(x, [torch.size(x, -1)], weight, eps)
              return y

            def vision_embeddings(self, pixels: Tensor, w: List[Tensor], mean: List[float], std: List[float], dtype: int) -> Tensor:
              n = torch.size(pixels, 0)
              side = torch.size(pixels, 1)
              patch = torch.size(w[1], -1)
              grid = side // patch
              m = torch.tensor(mean, dtype=6, device=ops.prim.device(pixels))
              s = torch.tensor(std, dtype=6, device=ops.prim.device(pixels))
              x = torch.div(torch.to(pixels, 6), 255.)
              x = torch.div(torch.sub(x, m), s)
              x = torch.permute(torch.view(x, [n, grid, patch, grid, patch, 3]), [0, 1, 3, 5, 2, 4])
              x = torch.to(torch.reshape(x, [n, grid * grid, 3 * patch * patch]), dtype)
              y = self.linear(x, torch.view(w[1], [torch.size(w[1], 0), -1]), w[2])
              y = torch.cat([torch.expand(w[0], [n, -1, -1]), y], 1)
              return torch.add(y, w[3])

            def vision_layer(self, x: Tensor, w: List[Tensor], drop1: Tensor, drop2: Tensor, heads: int, eps: float, lora: float) -> Tensor:
              n = torch.size(x, 0)
              t = torch.size(x, 1)
              h = self.norm(x, w[0], w[1], eps)
              q, k, v = torch.chunk(self.lin(h, w, 2, lora), 3, -1)
              if torch.numel(w[6]) > 0:
                q = torch.rms_norm(q, [torch.size(q, -1)], w[6], eps)
                k = torch.rms_norm(k, [torch.size(k, -1)], w[7], eps)
              q = torch.transpose(torch.reshape(q, [n, t, heads, -1]), 1, 2)
              k = torch.transpose(torch.reshape(k, [n, t, heads, -1]), 1, 2)
              v = torch.transpose(torch.reshape(v, [n, t, heads, -1]), 1, 2)
              a = torch.scaled_dot_product_attention(q, k, v, None, 0., False)
              a = torch.reshape(torch.transpose(a, 1, 2), [n, t, -1])
              a = torch.mul(self.lin(a, w, 8, lora), w[12])
              if torch.numel(drop1) > 0:
                a = torch.mul(a, drop1)
              x = torch.add(x, a)
              h = self.norm(x, w[13], w[14], eps)
              h = torch.gelu(self.lin(h, w, 15, lora), approximate="none")
              h = torch.mul(self.lin(h, w, 19, lora), w[23])
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
              x = torch.layer_norm(x, [torch.size(x, -1)], w[0], w[1], 1.0000000000000001e-05)
              x = torch.gelu(self.linear(x, w[2], w[3]), approximate="none")
              return self.linear(x, w[4], w[5])

            def token_embeddings(self, weight: Tensor, ids: Tensor) -> Tensor:
              return torch.embedding(weight, ids)
            def merge_images(self, x: Tensor, rows: Tensor, features: Tensor) -> Tensor:
              return torch.index_copy(x, 0, rows, features)
            def take_rows(self, x: Tensor, rows: Tensor) -> Tensor:
              return torch.index_select(x, 0, rows)
            def token_embeddings_backward(self, gy: Tensor, ids: Tensor, rows: Tensor, sums: Tensor) -> int:
              g = torch.to(torch.index_select(gy, 0, rows), ops.prim.dtype(sums))
              r = torch.index_add_(sums, 0, torch.index_select(ids, 0, rows), g)
              return 0

            def rope_tables(self, positions: Tensor, bases: List[float], group: Tensor, dim: int, dtype: int) -> List[Tensor]:
              tables = annotate(List[Tensor], [])
              exponents = torch.div(torch.to(torch.arange(0, dim, 2, dtype=4, device=ops.prim.device(positions)), 6), dim)
              for i in range(torch.len(bases)):
                r = torch.append(tables, torch.div(1., torch.pow(bases[i], exponents)))
              inverse = torch.stack(tables, 0)
              angles = torch.mul(torch.unsqueeze(torch.to(positions, 6), 1), torch.index_select(inverse, 0, group))
              angles = torch.unsqueeze(torch.cat([angles, angles], -1), 1)
              return [torch.to(torch.cos(angles), dtype), torch.to(torch.sin(angles), dtype)]

            def rope(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
              if ops.prim.dtype(x) == 15:
                half = torch.size(x, -1) // 2
                y = torch.mul(x, cos)
                r = torch.addcmul_(torch.narrow(y, 2, 0, half), torch.narrow(x, 2, half, half), torch.narrow(sin, 2, 0, half), value=-1)
                r = torch.addcmul_(torch.narrow(y, 2, half, half), torch.narrow(x, 2, 0, half), torch.narrow(sin, 2, half, half), value=1)
              else:
                a, b = torch.chunk(x, 2, -1)
                y = torch.add(torch.mul(x, cos), torch.mul(torch.cat([torch.neg(b), a], -1), sin))
              return y

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
              n = torch.len(segments) // 6
              for i in range(n):
                j = i * 6
                qs = torch.slice(q, 0, segments[j], segments[j + 1])
                ks = torch.slice(k, 0, segments[j + 4], segments[j + 5])
                vs = torch.slice(v, 0, segments[j + 4], segments[j + 5])
                if segments[j + 3] > segments[j + 2]:
                  ks = torch.cat([torch.slice(k, 0, segments[j + 2], segments[j + 3]), ks], 0)
                  vs = torch.cat([torch.slice(v, 0, segments[j + 2], segments[j + 3]), vs], 0)
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

            def query_key_value(self, h: Tensor, w: List[Tensor], tables: List[Tensor], rows: Tensor, shape: List[int], lora: float) -> List[Tensor]:
              t = torch.size(h, 0)
              heads, groups, d, packed, = shape
              cos, sin, = tables
              cosq = cos
              sinq = sin
              hq = h
              trimmed = torch.numel(rows) > 0
              if trimmed:
                hq = torch.index_select(h, 0, rows)
                cosq = torch.index_select(cos, 0, rows)
                sinq = torch.index_select(sin, 0, rows)
              if packed > 0:
                g = heads // groups
                qkv = torch.view(self.lin(h, w, 1, lora), [t, groups, g + 2, d])
                q = torch.slice(qkv, 2, 0, g)
                if trimmed:
                  q = torch.index_select(q, 0, rows)
                q = torch.reshape(q, [-1, heads, d])
                k = torch.select(qkv, 2, g)
                v = torch.select(qkv, 2, g + 1)
              else:
                if not trimmed:
                  hq = h
                q = torch.view(self.lin(hq, w, 1, lora), [-1, heads, d])
                k = torch.view(self.lin(h, w, 5, lora), [t, groups, d])
                v = torch.view(self.lin(h, w, 9, lora), [t, groups, d])
              return [self.rope(q, cosq, sinq), self.rope(k, cos, sin), v]

            def after_attention(self, x: Tensor, a: Tensor, w: List[Tensor], eps: float, lora: float) -> Tensor:
              x = torch.add(x, self.lin(a, w, 13, lora))
              h = torch.rms_norm(x, [torch.size(x, -1)], w[17], eps)
              h = torch.mul(torch.silu(self.lin(h, w, 18, lora)), self.lin(h, w, 22, lora))
              return torch.add(x, self.lin(h, w, 26, lora))

            def decoder_layer(self, x: Tensor, w: List[Tensor], tables: List[Tensor], rows: Tensor, segments: List[int], masks: List[Tensor], varlen: List[Tensor], longest: List[int], shape: List[int], eps: float, lora: float) -> Tensor:
              h = torch.rms_norm(x, [torch.size(x, -1)], w[0], eps)
              q, k, v, = self.query_key_value(h, w, tables, rows, shape, lora)
              if torch.numel(rows) > 0:
                x = torch.index_select(x, 0, rows)
              a = self.attention(q, k, v, segments, masks, varlen, longest)
              return self.after_attention(x, a, w, eps, lora)

            def decoder_prefill(self, x: Tensor, w: List[Tensor], tables: List[Tensor], rows: Tensor, segments: List[int], masks: List[Tensor], varlen: List[Tensor], longest: List[int], shape: List[int], eps: float, lora: float) -> List[Tensor]:
              h = torch.rms_norm(x, [torch.size(x, -1)], w[0], eps)
              q, k, v, = self.query_key_value(h, w, tables, rows, shape, lora)
              if torch.numel(rows) > 0:
                x = torch.index_select(x, 0, rows)
              a = self.attention(q, k, v, segments, masks, varlen, longest)
              return [self.after_attention(x, a, w, eps, lora), torch.contiguous(k), torch.contiguous(v)]

            def rms_norm(self, x: Tensor, weight: Tensor, eps: float) -> Tensor:
              return torch.rms_norm(x, [torch.size(x, -1)], weight, eps)

            def score(self, h: Tensor, weight: Tensor, labels: Tensor) -> List[Tensor]:
              z = self.linear(h, weight, torch.slice(torch.flatten(weight), 0, 0, 0))
              if ops.prim.dtype(z) == 15:
                z = torch.to(z, 6)
              lse = torch.logsumexp(z, [-1], True)
              logp = torch.sub(torch.gather(z, 1, torch.unsqueeze(labels, 1)), lse)
              return [torch.squeeze(logp, 1), z, lse]

            def score_backward(self, z: Tensor, lse: Tensor, labels: Tensor, coefficients: Tensor, h: Tensor, weight: Tensor, sums: Tensor) -> Tensor:
              c = torch.unsqueeze(coefficients, 1)
              g = torch.mul_(torch.exp_(torch.sub_(z, lse)), torch.neg(c))
              r = torch.scatter_add_(g, 1, torch.unsqueeze(labels, 1), c)
              if ops.prim.dtype(weight) == 15:
                g = torch.to(g, 15)
                if torch.numel(sums) > 0:
                  r2 = torch.add_(sums, torch.matmul(torch.t(g), h))
              else:
                if torch.numel(sums) > 0:
                  r3 = torch.addmm_(sums, torch.t(g), h)
              return self.linear_backward_input(g, weight)

            def scatter_rows(self, g: Tensor, index: Tensor, rows: int) -> Tensor:
              out = torch.zeros([rows, torch.size(g, 1)], dtype=ops.prim.dtype(g), layout=None, device=ops.prim.device(g))
              return torch.index_add_(out, 0, index, g)
            """);

    private ModelOps() {}
}
