package dev.mpo.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.OperatorLibrary;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What surrounds variable-length flash attention, on the CPU: the kernel, which exists on CUDA alone, is replaced by
 * its definition, and the result compared with attention by pieces. So the layout of the arguments, the gathered keys
 * and the scattered gradients are those that a GPU gets.
 */
class VarlenWiringTest {

    private static final int HEADS = 4;
    private static final int GROUPS = 2;
    private static final int HEAD_DIM = 8;

    private static final Set<String> ATTENTION = Set.of(
            "by_head",
            "tile_ends",
            "tile_attention",
            "tile_attention_back",
            "all_heads",
            "add_heads",
            "single_if_half",
            "scatter_keys",
            "pieces_forward",
            "pieces_backward",
            "stream_attention",
            "stream_attention_back");

    /** Attention as libtorch defines it: causality aligns the last query and the last key of a sequence. */
    private static final String DEFINITION = """
            def scores(self, q: Tensor, k: Tensor, causal: bool) -> Tensor:
              s = torch.mul(torch.matmul(torch.transpose(q, 0, 1), torch.permute(k, [1, 2, 0])), torch.size(q, 2) ** -0.5)
              n = torch.size(q, 0)
              m = torch.size(k, 0)
              if causal:
                hidden = torch.triu(torch.ones([n, m], dtype=11, layout=None, device=ops.prim.device(q)), m - n + 1)
                s = torch.masked_fill(s, hidden, float("-inf"))
              return s

            def repeated(self, x: Tensor, heads: int) -> Tensor:
              return torch.repeat_interleave(x, heads // torch.size(x, 1), 1)

            def end(self, ends: Tensor, i: int) -> int:
              return int(torch.item(torch.select(ends, 0, i)))

            def flash_forward(self, q: Tensor, k: Tensor, v: Tensor, q_ends: Tensor, k_ends: Tensor, max_q: int, max_k: int, dropout: float, causal: bool, debug: bool) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
              heads = torch.size(q, 1)
              outs = annotate(List[Tensor], [])
              lses = annotate(List[Tensor], [])
              for i in range(torch.size(q_ends, 0) - 1):
                qs = torch.slice(q, 0, self.end(q_ends, i), self.end(q_ends, i + 1))
                ks = self.repeated(torch.slice(k, 0, self.end(k_ends, i), self.end(k_ends, i + 1)), heads)
                vs = self.repeated(torch.slice(v, 0, self.end(k_ends, i), self.end(k_ends, i + 1)), heads)
                s = self.scores(qs, ks, causal)
                lse = torch.logsumexp(s, [-1], True)
                p = torch.exp(torch.sub(s, lse))
                r = torch.append(outs, torch.transpose(torch.matmul(p, torch.transpose(vs, 0, 1)), 0, 1))
                r = torch.append(lses, torch.squeeze(lse, 2))
              longest = torch.tensor([max_q, max_k], dtype=4, device=ops.prim.device(q))
              return (torch.cat(outs, 0), torch.cat(lses, 1), longest, torch.neg(longest), q)

            def flash_backward(self, g: Tensor, q: Tensor, k: Tensor, v: Tensor, out: Tensor, lse: Tensor, q_ends: Tensor, k_ends: Tensor, max_q: int, max_k: int, dropout: float, causal: bool, rng: Tensor, unused: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
              heads = torch.size(q, 1)
              groups = torch.size(k, 1)
              d = torch.size(q, 2)
              same = torch.tensor([max_q, max_k], dtype=4, device=ops.prim.device(q))
              if not (torch.equal(same, rng) and torch.equal(same, torch.neg(unused))):
                ops.prim.RaiseException("the state of the forward pass is not what the backward pass gets")
              gq = torch.zeros_like(q, memory_format=0)
              gk = torch.zeros_like(k, memory_format=0)
              gv = torch.zeros_like(v, memory_format=0)
              for i in range(torch.size(q_ends, 0) - 1):
                a = self.end(q_ends, i)
                b = self.end(q_ends, i + 1)
                e = self.end(k_ends, i)
                f = self.end(k_ends, i + 1)
                qs = torch.slice(q, 0, a, b)
                ks = self.repeated(torch.slice(k, 0, e, f), heads)
                vs = self.repeated(torch.slice(v, 0, e, f), heads)
                gs = torch.transpose(torch.slice(g, 0, a, b), 0, 1)
                os = torch.transpose(torch.slice(out, 0, a, b), 0, 1)
                p = torch.exp(torch.sub(self.scores(qs, ks, causal), torch.unsqueeze(torch.slice(lse, 1, a, b), 2)))
                gp = torch.sub(torch.matmul(gs, torch.permute(vs, [1, 2, 0])), torch.sum(torch.mul(gs, os), [-1], True))
                ds = torch.mul(torch.mul(p, gp), d ** -0.5)
                dq = torch.matmul(ds, torch.transpose(ks, 0, 1))
                dk = torch.matmul(torch.transpose(ds, 1, 2), torch.transpose(qs, 0, 1))
                dv = torch.matmul(torch.transpose(p, 1, 2), gs)
                r = torch.copy_(torch.slice(gq, 0, a, b), torch.transpose(dq, 0, 1))
                r = torch.copy_(torch.slice(gk, 0, e, f), torch.sum(torch.reshape(torch.transpose(dk, 0, 1), [f - e, groups, -1, d]), [2]))
                r = torch.copy_(torch.slice(gv, 0, e, f), torch.sum(torch.reshape(torch.transpose(dv, 0, 1), [f - e, groups, -1, d]), [2]))
              return (gq, gk, gv)

            """;

    private static final OperatorLibrary OPS = OperatorLibrary.compile(DEFINITION
            + List.of(ModelOps.source("vision.py", "attention.py").split("(?m)^(?=def )")).stream()
                    .filter(method -> ATTENTION.contains(method.substring(4, method.indexOf('('))))
                    .collect(Collectors.joining())
                    .replace("torch._flash_attention_forward", "self.flash_forward")
                    .replace("torch._flash_attention_backward", "self.flash_backward"));

    /** A pair with two branches, a whole sequence, and a pair with one branch of a single token. */
    private static PackedBatch batch(boolean trim) {
        int[] ids = new int[30];
        List<Segment> segments = List.of(
                Segment.whole(0, 8),
                new Segment(8, 11, 0, 8),
                new Segment(11, 16, 0, 8),
                Segment.whole(16, 22),
                Segment.whole(22, 26),
                new Segment(26, 27, 22, 26),
                new Segment(27, 30, 22, 26));
        int[] scored = {7, 8, 10, 12, 15, 18, 19, 25, 26, 28};
        return new PackedBatch(new byte[0], 0, 1, ids, ids, ids, new int[0], segments, scored, scored.clone(), trim);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void streamsAndTheirGradientsEqualThoseOfPieces(boolean trim) {
        try (Scope scope = new Scope()) {
            AttentionPlan varlen = plan(scope, trim, AttentionPlan.Kernel.VARLEN);
            AttentionPlan pieces = plan(scope, trim, AttentionPlan.Kernel.PIECES);
            long rows = pieces.rows().numel() > 0 ? pieces.rows().numel() : 30;
            Random random = new Random(2);
            Tensor q = normal(scope, random, rows, HEADS, HEAD_DIM);
            Tensor k = normal(scope, random, 30, GROUPS, HEAD_DIM);
            Tensor v = normal(scope, random, 30, GROUPS, HEAD_DIM);
            Tensor g = normal(scope, random, rows, (long) HEADS * HEAD_DIM);
            List<double[]> found = results(scope, "stream_attention", new Tensor[] {q, k, v, g}, layout(varlen));
            List<double[]> expected = results(scope, "stream_attention", new Tensor[] {q, k, v, g}, layout(pieces));
            assertClose(found, expected);
        }
    }

    @Test
    void tilesAndTheirGradientsEqualThoseOfThePlainKernel() {
        try (Scope scope = new Scope()) {
            Random random = new Random(3);
            Tensor[] in = new Tensor[4];
            for (int i = 0; i < in.length; i++) {
                in[i] = normal(scope, random, 3 * 5, (long) HEADS * HEAD_DIM);
            }
            List<double[]> found = results(scope, "tile_attention", in, 3, HEADS, true);
            List<double[]> expected = results(scope, "tile_attention", in, 3, HEADS, false);
            assertClose(found, expected);
        }
    }

    private static AttentionPlan plan(Scope scope, boolean trim, AttentionPlan.Kernel kernel) {
        return trim
                ? AttentionPlan.scoredOnly(scope, batch(true), kernel, Device.CPU, DType.FLOAT64)
                : AttentionPlan.full(scope, batch(false), kernel, Device.CPU, DType.FLOAT64);
    }

    private static Object[] layout(AttentionPlan plan) {
        return new Object[] {plan.pieces(), plan.varlen(), plan.longest()};
    }

    /** Returns the output and the gradients of queries, keys and values; the fourth tensor is that of the output. */
    private static List<double[]> results(Scope scope, String operator, Tensor[] in, Object... layout) {
        List<Object> arguments = new ArrayList<>(List.of(in[0], in[1], in[2]));
        arguments.addAll(List.of(layout));
        Tensor[] kept = OPS.callList(scope, operator, arguments.toArray());
        arguments.add(0, in[3]);
        arguments.addAll(4, List.of(kept));
        List<double[]> all = new ArrayList<>(List.of(kept[0].toDoubleArray()));
        for (Tensor gradient : OPS.callList(scope, operator + "_back", arguments.toArray())) {
            all.add(gradient.toDoubleArray());
        }
        return all;
    }

    private static Tensor normal(Scope scope, Random random, long... shape) {
        int count = 1;
        for (long extent : shape) {
            count *= (int) extent;
        }
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextGaussian();
        }
        return Tensors.of(scope, Device.CPU, values, shape);
    }

    private static void assertClose(List<double[]> found, List<double[]> expected) {
        assertThat(found).hasSize(4);
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i)).hasSameSizeAs(expected.get(i));
            for (int j = 0; j < found.get(i).length; j++) {
                assertThat(Math.abs(found.get(i)[j] - expected.get(i)[j])).isLessThan(1e-12);
            }
        }
    }
}
