package dev.mpo.train.dist;

import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.TorchRuntime;
import java.time.Duration;
import java.util.Map;

/** One rank that runs the contract; prints a line per check that it passes. */
final class ContractMain {

    private ContractMain() {}

    public static void main(String[] arguments) {
        TorchRuntime.setNumThreads(1);
        Ranks ranks = Ranks.discover(System.getenv());
        try (Collectives collectives = Collectives.open(ranks, Device.CPU, Duration.ofSeconds(60))) {
            for (Map.Entry<String, Runnable> check :
                    CollectivesContract.of(collectives).entrySet()) {
                check.getValue().run();
                System.out.println("rank " + ranks.rank() + " passed: " + check.getKey());
            }
        } catch (Throwable failure) {
            failure.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
        System.exit(0);
    }
}
