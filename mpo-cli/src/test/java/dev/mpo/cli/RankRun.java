package dev.mpo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The program in several processes that mpirun starts, or in one of its own.
 *
 * @param exitCode how it ended
 * @param output what all processes printed
 */
record RankRun(int exitCode, String output) {

    private static final int TIMEOUT_SECONDS = 180;

    /** Aborts the calling test where mpirun is missing. */
    static void requireMpi() {
        boolean found = Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "mpirun")));
        Assumptions.assumeTrue(found, "no mpirun on this machine (apt-get install openmpi-bin)");
    }

    /**
     * Hides CUDA devices from a process: these tests are about ranks that compute on the CPU and exchange tensors by
     * MPI, and a machine may have fewer devices than they have ranks.
     */
    static void hideGpus(ProcessBuilder builder) {
        builder.environment().put("CUDA_VISIBLE_DEVICES", "-1");
    }

    /** Returns the words that start the program, small and soon. */
    static List<String> program() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx300m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName());
    }

    /** Runs the program with some arguments on some ranks and waits for it. */
    static RankRun of(int ranks, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (ranks > 1) {
            command.addAll(List.of("mpirun", "-np", Integer.toString(ranks), "--oversubscribe", "--bind-to", "none"));
        }
        command.addAll(program());
        command.addAll(arguments);
        Path log = Files.createTempFile("ranks", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "OMPI_ALLOW_RUN_AS_ROOT", "1",
                        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1",
                        "OMPI_MCA_mpi_yield_when_idle", "1",
                        "OMP_NUM_THREADS", "1"));
        hideGpus(builder);
        Process process = builder.start();
        boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        String output = Files.readString(log);
        Files.delete(log);
        return new RankRun(ended ? process.exitValue() : -1, output);
    }
}
