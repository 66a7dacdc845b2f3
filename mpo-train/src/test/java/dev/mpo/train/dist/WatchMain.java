package dev.mpo.train.dist;

import dev.mpo.core.tensor.DType;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensors;
import dev.mpo.core.tensor.TorchRuntime;
import java.time.Duration;

/** A rank of a run in which rank 1 fails in the way that the argument names, while the others wait for it. */
final class WatchMain {

    private WatchMain() {}

    public static void main(String[] arguments) throws Exception {
        TorchRuntime.setNumThreads(1);
        Ranks ranks = Ranks.discover(System.getenv());
        Duration timeout = Duration.ofSeconds(Integer.parseInt(arguments[1]));
        Collectives collectives = Collectives.open(ranks, Device.CPU, timeout);
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
            case "kill" -> Runtime.getRuntime().halt(0);
            default -> throw new IllegalArgumentException(how);
        }
    }

    private static void computeForever() throws InterruptedException {
        Thread.sleep(120_000);
    }
}
