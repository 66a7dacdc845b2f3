package dev.mpo.train.ranks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.testkit.TestDevice;
import java.io.IOException;
import java.net.ServerSocket;
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
 * A program run as several processes with torchrun's variables and a stand-in for NCCL and CUDA.
 *
 * @param exitCodes how the ranks ended
 * @param output what all ranks printed
 */
record StandInRun(List<Integer> exitCodes, String output) {

    /** Compiles the stand-in into a folder; aborts the calling test where there is no compiler. */
    static Path compile(Path folder) throws IOException, InterruptedException {
        boolean found = Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(each -> Files.isExecutable(Path.of(each, "gcc")));
        Assumptions.assumeTrue(found, "no gcc on this machine to compile the stand-in for NCCL");
        Path source = folder.resolve("standin.c");
        try (var in = StandInRun.class.getResourceAsStream("/native/standin.c")) {
            Files.copy(java.util.Objects.requireNonNull(in), source);
        }
        Path library = folder.resolve("libnccl.so.2");
        Process gcc = new ProcessBuilder(
                        "gcc", "-O1", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-lrt")
                .redirectErrorStream(true)
                .start();
        String messages = new String(gcc.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(gcc.waitFor()).as(messages).isZero();
        Files.createSymbolicLink(folder.resolve("libcudart-standin.so.12"), library);
        return folder;
    }

    /** Runs a main class on some ranks and waits for them. */
    static StandInRun of(int size, Duration limit, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        List<Process> processes = new ArrayList<>();
        List<Path> logs = new ArrayList<>();
        for (int rank = 0; rank < size; rank++) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("-Xmx400m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
            command.add("-Dmpo.test.device=" + TestDevice.name());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
            command.addAll(List.of(arguments));
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment()
                    .putAll(Map.of(
                            "RANK", Integer.toString(rank),
                            "WORLD_SIZE", Integer.toString(size),
                            "LOCAL_RANK", Integer.toString(rank),
                            "LOCAL_WORLD_SIZE", Integer.toString(size),
                            "MASTER_ADDR", "localhost",
                            "MASTER_PORT", Integer.toString(port),
                            "DJL_OFFLINE", "true",
                            "OMP_NUM_THREADS", "1"));
            Path log = Files.createTempFile("rank", ".log");
            logs.add(log);
            processes.add(builder.redirectOutput(log.toFile()).start());
        }
        return ended(processes, logs, System.nanoTime() + limit.toNanos());
    }

    private static StandInRun ended(List<Process> processes, List<Path> logs, long deadline)
            throws IOException, InterruptedException {
        List<Integer> codes = new ArrayList<>();
        StringBuilder output = new StringBuilder();
        for (int rank = 0; rank < processes.size(); rank++) {
            Process process = processes.get(rank);
            boolean ended = process.waitFor(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            codes.add(ended ? process.exitValue() : -1);
            output.append(Files.readString(logs.get(rank)));
            Files.delete(logs.get(rank));
        }
        return new StandInRun(codes, output.toString());
    }
}
