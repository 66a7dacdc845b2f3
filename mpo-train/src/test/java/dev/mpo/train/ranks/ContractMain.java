package dev.mpo.train.ranks;

import com.sun.jna.Library;
import com.sun.jna.Native;
import dev.mpo.core.tensor.Device;
import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.testkit.TestDevice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One rank that runs the contract, with MPI or, on a CUDA device, with NCCL; if its argument names the folder of a
 * stand-in for NCCL, with that. Prints a line per check that it passes.
 */
final class ContractMain {

    private static final WaitLimits LIMITS = WaitLimits.of(Duration.ofSeconds(60));

    private ContractMain() {}

    /** A function of the stand-in. */
    interface StandIn extends Library {
        int standinLiveEvents();
    }

    public static void main(String[] arguments) {
        TorchRuntime.setNumThreads(1);
        Ranks ranks = Ranks.discover(System.getenv());
        try (Collectives collectives = open(ranks, arguments)) {
            for (Map.Entry<String, Runnable> check :
                    CollectivesContract.of(collectives).entrySet()) {
                check.getValue().run();
                System.out.println("rank " + ranks.rank() + " passed: " + check.getKey());
            }
            if (arguments.length > 0) {
                StandIn standIn =
                        Native.load(Path.of(arguments[0], "libnccl.so.2").toString(), StandIn.class);
                for (int i = 0; i < 300 && standIn.standinLiveEvents() > 0; i++) {
                    Thread.sleep(100); // until the watchdog has looked at all operations
                }
                System.out.println("rank " + ranks.rank() + " keeps events: " + standIn.standinLiveEvents());
            }
        } catch (Throwable failure) {
            failure.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
        System.exit(0);
    }

    private static Collectives open(Ranks ranks, String... arguments) {
        if (arguments.length == 0) {
            Device device = new Device(TestDevice.name());
            // Of one rank, Collectives.open would make nothing of the kind.
            return device.isCpu()
                    ? Collectives.open(ranks, device, LIMITS)
                    : NcclCollectives.open(ranks, device, LIMITS);
        }
        NcclLibrary library = NcclLibrary.load(new NativeFiles(List.of(Path.of(arguments[0]))));
        return NcclCollectives.open(ranks, Device.CPU, LIMITS, library, Rendezvous.of(System.getenv()));
    }
}
