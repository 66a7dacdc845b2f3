package dev.mpo.train.ranks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import dev.mpo.core.tensor.Tensors;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What every implementation of {@link Collectives} does; each check is run by all ranks at once.
 *
 * <p>All ranks draw from generators with the same seeds, so each knows what the others contribute and computes the
 * expected result itself. Values are small integers, whose sums are exact in any order, unless a check is about
 * rounding.
 */
final class CollectivesContract {

    /** Set to {@code true} to exchange tensors beyond 2 GiB as well, which takes about 15 GiB. */
    static final String LARGE = "mpo.test.large";

    private static final int[] LENGTHS = {0, 1, 2, 3, 7, 64, 1001, 65_537};

    private final Collectives ranks;

    private CollectivesContract(Collectives ranks) {
        this.ranks = ranks;
    }

    /** The checks by name, in the order in which all ranks run them. */
    static Map<String, Runnable> of(Collectives collectives) {
        CollectivesContract contract = new CollectivesContract(collectives);
        Map<String, Runnable> checks = new LinkedHashMap<>();
        checks.put("sums are complete and equal on all ranks", contract::allReduce);
        checks.put("reduce-scatter gives each rank its part of the sums", contract::reduceScatter);
        checks.put("all-gather puts shards in rank order", contract::allGather);
        checks.put("broadcast takes the values of its root", contract::broadcast);
        checks.put("shards may lie in the whole", contract::inPlace);
        checks.put("views of a larger buffer are exchanged alone", contract::views);
        checks.put("sums of any numbers are the same bits on all ranks, again and again", contract::bits);
        checks.put("many operations may be under way", contract::manyOutstanding);
        checks.put("operations start in the order of the calls", contract::ordered);
        checks.put("values of the host are exchanged", contract::hostValues);
        checks.put("messages of unequal lengths are exchanged", contract::messages);
        checks.put("nobody passes a barrier early", contract::barriers);
        checks.put("wrong arguments are refused on the spot", contract::wrongArguments);
        if (Boolean.getBoolean(LARGE)) {
            checks.put("tensors beyond 2 GiB and 2^31 bytes per shard", contract::large);
        }
        return checks;
    }

    /** What one rank contributes to a check. */
    private static float[] values(int rank, int seed, int count) {
        Random random = new Random(1000L * seed + rank);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(2001) - 1000;
        }
        return values;
    }

    private float[] sums(int seed, int count) {
        float[] sums = new float[count];
        for (int rank = 0; rank < ranks.size(); rank++) {
            float[] summands = values(rank, seed, count);
            for (int i = 0; i < count; i++) {
                sums[i] += summands[i];
            }
        }
        return sums;
    }

    private Tensor tensor(Scope scope, float[] values) {
        return Tensors.of(scope, ranks.device(), values, values.length);
    }

    private float[] part(float[] whole, int count) {
        return Arrays.copyOfRange(whole, ranks.rank() * count, (ranks.rank() + 1) * count);
    }

    private void allReduce() {
        for (int length : LENGTHS) {
            try (Scope scope = new Scope()) {
                Tensor x = tensor(scope, values(ranks.rank(), 1, length));
                Tensor wide = Tensors.to(scope, tensor(scope, values(ranks.rank(), 2, length)), DType.FLOAT64);
                ranks.allReduceSum(x).await();
                ranks.allReduceSum(wide).await();
                assertThat(x.toFloatArray()).isEqualTo(sums(1, length));
                assertThat(wide.toFloatArray()).isEqualTo(sums(2, length));
            }
        }
    }

    private void reduceScatter() {
        for (int length : LENGTHS) {
            try (Scope scope = new Scope()) {
                float[] mine = values(ranks.rank(), 3, length * ranks.size());
                Tensor full = tensor(scope, mine);
                Tensor shard = tensor(scope, new float[length]);
                ranks.reduceScatterSum(full, shard).await();
                assertThat(shard.toFloatArray()).isEqualTo(part(sums(3, length * ranks.size()), length));
                assertThat(full.toFloatArray()).isEqualTo(mine);
            }
        }
    }

    private void allGather() {
        for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT64, DType.INT64)) {
            for (int length : LENGTHS) {
                try (Scope scope = new Scope()) {
                    float[] digits = new float[length];
                    Arrays.fill(digits, ranks.rank() + 1);
                    Tensor shard = Tensors.to(scope, tensor(scope, digits), type);
                    Tensor full = Tensors.zeros(scope, ranks.device(), type, (long) length * ranks.size());
                    ranks.allGather(shard, full).await();
                    float[] expected = new float[length * ranks.size()];
                    for (int i = 0; i < expected.length; i++) {
                        expected[i] = i / length + 1;
                    }
                    assertThat(full.toFloatArray()).isEqualTo(expected);
                }
            }
        }
    }

    private void broadcast() {
        for (int root = 0; root < ranks.size(); root++) {
            for (int length : LENGTHS) {
                try (Scope scope = new Scope()) {
                    Tensor x = Tensors.to(scope, tensor(scope, values(ranks.rank(), 4, length)), DType.BFLOAT16);
                    Tensor sent = Tensors.to(scope, tensor(scope, values(root, 4, length)), DType.BFLOAT16);
                    ranks.broadcast(x, root).await();
                    assertThat(x.toFloatArray()).isEqualTo(sent.toFloatArray());
                }
            }
        }
    }

    private void inPlace() {
        int length = 1003;
        try (Scope scope = new Scope()) {
            Tensor full = tensor(scope, values(ranks.rank(), 5, length * ranks.size()));
            Tensor shard = Tensors.view(scope, full, (long) ranks.rank() * length, length, length);
            ranks.reduceScatterSum(full, shard).await();
            float[] sums = sums(5, length * ranks.size());
            assertThat(shard.toFloatArray()).isEqualTo(part(sums, length));
            ranks.allGather(shard, full).await();
            assertThat(full.toFloatArray()).isEqualTo(sums);
        }
    }

    private void views() {
        try (Scope scope = new Scope()) {
            float[] mine = values(ranks.rank(), 6, 100);
            Tensor buffer = tensor(scope, mine);
            ranks.allReduceSum(Tensors.view(scope, buffer, 13, 60, 20, 3)).await();
            float[] expected = mine.clone();
            System.arraycopy(sums(6, 100), 13, expected, 13, 60);
            assertThat(buffer.toFloatArray()).isEqualTo(expected);
        }
    }

    private void bits() {
        for (int length : new int[] {5, 4099, 300_001}) {
            Random random = new Random(7 + ranks.rank());
            float[] mine = new float[length];
            for (int i = 0; i < length; i++) {
                mine[i] = (float) (random.nextGaussian() * Math.exp(random.nextGaussian() * 5));
            }
            double[] first = checksums(mine);
            assertThat(checksums(mine)).isEqualTo(first);
            double[] all = ranks.allGather(first);
            for (int i = 0; i < all.length; i++) {
                assertThat(all[i]).isEqualTo(first[i % first.length]);
            }
        }
    }

    /** The bits of the sums, and of the sums gathered from their shards. */
    private double[] checksums(float[] mine) {
        try (Scope scope = new Scope()) {
            Tensor x = tensor(scope, mine);
            ranks.allReduceSum(x).await();
            int perRank = mine.length / ranks.size();
            Tensor whole = tensor(scope, Arrays.copyOf(mine, perRank * ranks.size()));
            Tensor shard = tensor(scope, new float[perRank]);
            ranks.reduceScatterSum(whole, shard).await();
            ranks.allGather(shard, whole).await();
            return new double[] {Arrays.hashCode(x.toFloatArray()), Arrays.hashCode(whole.toFloatArray())};
        }
    }

    private void manyOutstanding() {
        try (Scope scope = new Scope()) {
            List<Tensor> tensors = new ArrayList<>();
            List<Work> works = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Tensor x = tensor(scope, values(ranks.rank(), 100 + i, 1 + i * 37 % 500));
                tensors.add(x);
                works.add(ranks.allReduceSum(x));
            }
            for (int i = 199; i >= 0; i--) {
                works.get(i).await();
                works.get(i).await();
                assertThat(tensors.get(i).toFloatArray()).isEqualTo(sums(100 + i, 1 + i * 37 % 500));
            }
        }
    }

    private void ordered() {
        int length = 10_000;
        try (Scope scope = new Scope()) {
            Tensor full = tensor(scope, values(ranks.rank(), 8, length * ranks.size()));
            Tensor shard = tensor(scope, new float[length]);
            Tensor gathered = tensor(scope, new float[length * ranks.size()]);
            ranks.reduceScatterSum(full, shard);
            ranks.allReduceSum(shard);
            ranks.allGather(shard, gathered);
            ranks.broadcast(gathered, ranks.size() - 1).await();
            float[] once = sums(8, length * ranks.size());
            float[] twice = new float[length];
            for (int i = 0; i < once.length; i++) {
                twice[i % length] += once[i];
            }
            float[] all = gathered.toFloatArray();
            for (int rank = 0; rank < ranks.size(); rank++) {
                assertThat(Arrays.copyOfRange(all, rank * length, (rank + 1) * length))
                        .isEqualTo(twice);
            }
        }
    }

    private void hostValues() {
        int n = ranks.size();
        double[] mine = {ranks.rank() + 0.1, -ranks.rank(), 1e-300};
        double sum = 0;
        for (int rank = 0; rank < n; rank++) {
            sum += rank + 0.1;
        }
        assertThat(ranks.allReduceSum(mine)).containsExactly(sum, -n * (n - 1) / 2.0, 1e-300 * n);
        assertThat(ranks.allReduceMax(mine)).containsExactly(n - 1 + 0.1, 0, 1e-300);
        assertThat(ranks.allGather(new double[] {ranks.rank(), Double.NaN})).hasSize(2 * n);
        assertThat(ranks.allGather(new double[] {ranks.rank(), 5})[2 * n - 2]).isEqualTo(n - 1);
        assertThat(ranks.allReduceSum(new double[0])).isEmpty();
    }

    private void messages() {
        byte[] mine = "x".repeat(ranks.rank() * 3).getBytes(StandardCharsets.UTF_8);
        byte[][] all = ranks.allGather(mine);
        assertThat(all.length).isEqualTo(ranks.size());
        for (int rank = 0; rank < all.length; rank++) {
            assertThat(new String(all[rank], StandardCharsets.UTF_8)).isEqualTo("x".repeat(rank * 3));
        }
        assertThat(ranks.allGather(new byte[0])).hasDimensions(ranks.size(), 0);
        byte[] question = ("rank " + ranks.rank()).getBytes(StandardCharsets.UTF_8);
        int last = ranks.size() - 1;
        assertThat(new String(ranks.broadcast(question, last), StandardCharsets.UTF_8))
                .isEqualTo("rank " + last);
        assertThat(ranks.broadcast(ranks.rank() == 0 ? new byte[0] : question, 0))
                .isEmpty();
    }

    private void barriers() {
        for (int late = 0; late < ranks.size(); late++) {
            long started = System.nanoTime();
            ranks.barrier();
            if (ranks.rank() == late) {
                sleep(60);
            }
            ranks.barrier();
            assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(60_000_000L);
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void wrongArguments() {
        try (Scope scope = new Scope()) {
            Tensor x = tensor(scope, new float[3]);
            Tensor half = Tensors.to(scope, x, DType.BFLOAT16);
            assertThatThrownBy(() -> ranks.allReduceSum(half))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("BFLOAT16");
            Tensor whole = tensor(scope, new float[3 * ranks.size() + 1]);
            assertThatThrownBy(() -> ranks.allGather(x, whole)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> ranks.reduceScatterSum(whole, x)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> ranks.broadcast(x, ranks.size())).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private void large() {
        long shardCount = (1L << 31) + 5; // bytes
        try (Scope scope = new Scope()) {
            Tensor shard = Tensors.zeros(scope, ranks.device(), DType.UINT8, shardCount);
            Tensor full = Tensors.zeros(scope, ranks.device(), DType.UINT8, shardCount * ranks.size());
            Tensor end = Tensors.view(scope, shard, shardCount - 1, 1, 1);
            Tensors.copy(Tensors.of(scope, ranks.device(), new float[] {ranks.rank() + 1}, 1), end);
            ranks.allGather(shard, full).await();
            for (int rank = 0; rank < ranks.size(); rank++) {
                Tensor last = Tensors.view(scope, full, (rank + 1) * shardCount - 1, 1, 1);
                assertThat(last.item()).isEqualTo(rank + 1);
            }
        }
        long count = 600_000_004; // 2.2 GiB of float32
        try (Scope scope = new Scope()) {
            Tensor full = Tensors.zeros(scope, ranks.device(), DType.FLOAT32, count);
            Tensor last = Tensors.view(scope, full, count - 1, 1, 1);
            Tensors.copy(Tensors.of(scope, ranks.device(), new float[] {3}, 1), last);
            ranks.allReduceSum(full).await();
            assertThat(last.item()).isEqualTo(3 * ranks.size());
            Tensor shard = Tensors.zeros(scope, ranks.device(), DType.FLOAT32, count / ranks.size());
            ranks.reduceScatterSum(full, shard).await();
            double lastSum =
                    Tensors.view(scope, shard, count / ranks.size() - 1, 1, 1).item();
            assertThat(lastSum).isEqualTo(ranks.rank() == ranks.size() - 1 ? 3 * ranks.size() * ranks.size() : 0);
        }
    }
}
