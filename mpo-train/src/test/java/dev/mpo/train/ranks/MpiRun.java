package dev.mpo.train.ranks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A program run by mpirun, with this test's class path.
 *
 * @param exitCode how it ended
 * @param output what all ranks printed
 * @param seconds how long it took
 */
record MpiRun(int exitCode, String output, double seconds) {

    /** Aborts the calling test where mpirun is missing. */
    static void requireMpi() {
        boolean found = Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "mpirun")));
        Assumptions.assumeTrue(found, "no mpirun on this machine (apt-get install openmpi-bin)");
    }

    /** Runs a main class on some ranks and waits for it; everything is killed if it takes longer than the limit. */
    static MpiRun of(int ranks, Duration limit, Class<?> main, String... arguments) {
        requireMpi();
        List<String> command = new ArrayList<>(List.of("mpirun", "-np", Integer.toString(ranks)));
        command.addAll(List.of("--oversubscribe", "--bind-to", "none"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx400m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.add("-D" + CollectivesContract.LARGE + "=" + Boolean.getBoolean(CollectivesContract.LARGE));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "OMPI_ALLOW_RUN_AS_ROOT", "1",
                        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1",
                        "OMPI_MCA_mpi_yield_when_idle", "1",
                        "DJL_OFFLINE", "true",
                        "OMP_NUM_THREADS", "1"));
        return run(builder, limit);
    }

    private static MpiRun run(ProcessBuilder builder, Duration limit) {
        try {
            Path log = Files.createTempFile("mpirun", ".log");
            long started = System.nanoTime();
            Process process = builder.redirectOutput(log.toFile()).start();
            boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
            double seconds = (System.nanoTime() - started) / 1e9;
            String output = Files.readString(log);
            Files.delete(log);
            return new MpiRun(ended ? process.exitValue() : -1, output, seconds);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
