package dev.mpo.cli.launch;

import dev.mpo.core.ConfigException;
import dev.mpo.core.InterruptedRunException;
import dev.mpo.core.RankFailedException;
import dev.mpo.core.tensor.TorchRuntime;
import dev.mpo.train.ranks.Ranks;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code --devices N}: runs this very command again as N ranks, unless a launcher has started the ranks already. */
public final class LocalLauncher {

    private static final Logger LOG = LoggerFactory.getLogger(LocalLauncher.class);
    private static final int INTERRUPTED = 130;
    private static final long WATCH_MILLIS = 1000;

    private LocalLauncher() {}

    /**
     * Returns how many ranks this process has to start, or nothing if it is a rank itself or the run has only one.
     *
     * @param devices the value of {@code --devices}, null without it
     * @param environment the variables of the process
     * @throws ConfigException if the option contradicts the launcher that started this process
     */
    public static Optional<Integer> ranksToStart(@Nullable Integer devices, Map<String, String> environment) {
        if (devices != null && devices < 1) {
            throw new ConfigException("--devices: expected at least 1, got " + devices);
        }
        Ranks ranks = Ranks.discover(environment);
        if (ranks.size() > 1) {
            if (devices != null && devices != ranks.localSize()) {
                throw new ConfigException("--devices " + devices + " contradicts the launcher, which started "
                        + ranks.size() + " processes, " + ranks.localSize()
                        + " of them on this machine: leave --devices"
                        + " out, and start one process per device (srun --ntasks-per-node=" + devices
                        + ", torchrun --nproc-per-node " + devices + ", mpirun -np " + devices + ")");
            }
            return Optional.empty();
        }
        return devices == null || devices == 1 ? Optional.empty() : Optional.of(devices);
    }

    /**
     * Starts the ranks, waits for them, and shows what they print.
     *
     * @param numRanks how many
     * @param mainClass the class that this program was started with
     * @param arguments its arguments
     * @param stop asked again and again whether the run is to save and end
     * @throws RankFailedException with the error and the exit code of the rank that failed first
     * @throws InterruptedRunException if the ranks saved their state and ended on request
     */
    public static void run(
            int numRanks,
            Class<?> mainClass,
            List<String> arguments,
            PrintWriter out,
            PrintWriter err,
            BooleanSupplier stop) {
        int gpus = TorchRuntime.numGpus();
        if (gpus > 0 && numRanks > gpus) {
            throw new ConfigException("--devices " + numRanks + ": this machine has " + gpus
                    + " CUDA devices that can be used (see mpo doctor); choose at most that many");
        }
        RankCommands commands = new RankCommands(numRanks, program(mainClass, arguments), System.getenv(), gpus == 0);
        LOG.info("{} processes on {}", numRanks, gpus > 0 ? "CUDA devices, with NCCL" : "the processor, with MPI");
        LocalRun.Outcome outcome = LocalRun.of(commands, new RankOutput(out, err), stop, LocalRun.GRACE);
        if (outcome.exitCode() == INTERRUPTED) {
            throw new InterruptedRunException(outcome.message());
        }
        if (outcome.exitCode() != 0) {
            throw new RankFailedException(outcome.message(), outcome.exitCode());
        }
    }

    /** The command line of this very process, for another main class or other arguments. */
    static List<String> program(Class<?> mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            boolean once = option.startsWith("-agentlib") || option.startsWith("-javaagent"); // a port or a file each
            if (!once && !option.startsWith("-Dmpo.tty")) {
                command.add(option);
            }
        }
        command.add("-Dmpo.tty=false");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass.getName()));
        command.addAll(arguments);
        return command;
    }

    /**
     * In a rank: ends this process when the one that started it is gone, which would leave nobody to read its output or
     * to stop it.
     */
    public static void followLauncher(Map<String, String> environment) {
        String pid = environment.getOrDefault(RankCommands.LAUNCHER_VARIABLE, "");
        if (!pid.matches("\\d{1,18}")) {
            return;
        }
        Thread watch = new Thread(() -> awaitEnd(Long.parseLong(pid)), "launcher-watch");
        watch.setDaemon(true);
        watch.start();
    }

    private static void awaitEnd(long pid) {
        try {
            while (ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
                Thread.sleep(WATCH_MILLIS);
            }
            LOG.error("the process that started the ranks, {}, is gone: this one ends as well", pid);
            Runtime.getRuntime().halt(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
