package dev.mpo.train.ranks;

import dev.mpo.core.LongWait;
import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensors;
import dev.mpo.core.tensor.TorchRuntime;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A rank of a run in which rank 1 fails in the way that the argument names, while the others wait for it. */
final class WatchMain {

    /** Longer than ranks of these tests may do nothing. */
    private static final Duration LONG = Duration.ofSeconds(12);

    private WatchMain() {}

    public static void main(String[] arguments) throws Exception {
        TorchRuntime.setNumThreads(1);
        Ranks ranks = Ranks.discover(System.getenv());
        WaitLimits limits = new WaitLimits(
                Duration.ofSeconds(Integer.parseInt(arguments[1])), Duration.ofSeconds(Integer.parseInt(arguments[2])));
        Collectives collectives = Collectives.open(ranks, Device.CPU, limits);
        collectives.barrier();
        if (ranks.rank() == 1) {
            fail(arguments[0], collectives);
        }
        try (Scope scope = new Scope()) {
            collectives
                    .allReduceSum(Tensors.zeros(scope, Device.CPU, DType.FLOAT32, 17))
                    .await();
        }
        System.out.println("rank " + ranks.rank() + " went on");
        collectives.close();
        System.exit(0);
    }

    private static void fail(String how, Collectives collectives) throws Exception {
        switch (how) {
            case "fail" -> {
                collectives.fail("row 7 is bad", 3);
                Runtime.getRuntime().halt(3);
            }
            case "busy" -> computeForever();
            case "stop" ->
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "kill -STOP " + ProcessHandle.current().pid())
                        .start()
                        .waitFor();
            case "idle" -> waitForever();
            case "compute" -> compute(System.nanoTime() + LONG.toNanos());
            case "read" -> read(System.nanoTime() + LONG.toNanos());
            case "wait" -> {
                LongWait wait = LongWait.begin();
                try (wait) {
                    Thread.sleep(LONG.toMillis());
                }
            }
            case "kill" -> Runtime.getRuntime().halt(0);
            default -> throw new IllegalArgumentException(how);
        }
    }

    private static void waitForever() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    private static void compute(long end) {
        double sum = 0;
        while (System.nanoTime() < end) {
            sum += Math.sin(sum);
        }
    }

    /** Reads now and then, with next to no computing, as from slow storage. */
    private static void read(long end) throws Exception {
        try (InputStream zeros = Files.newInputStream(Path.of("/dev/zero"))) {
            while (System.nanoTime() < end) {
                zeros.readNBytes(1 << 20);
                Thread.sleep(500);
            }
        }
    }

    private static void computeForever() throws InterruptedException {
        Thread.sleep(120_000);
    }
}
