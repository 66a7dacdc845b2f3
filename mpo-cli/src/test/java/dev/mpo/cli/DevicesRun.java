package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** {@code mpo train} in a process of its own, which starts the ranks; what it prints goes to a file. */
final class DevicesRun implements AutoCloseable {

    private static final int TIMEOUT_SECONDS = 240;

    private final Process process;
    private final Path output;
    private final Path log;

    private DevicesRun(Process process, Path output, Path log) {
        this.process = process;
        this.output = output;
        this.log = log;
    }

    /**
     * Starts a run.
     *
     * @param output its folder; what it prints goes to a file beside that
     * @param javaOptions for all of its processes
     * @param arguments of the program, the folder left out
     */
    static DevicesRun start(Path output, String javaOptions, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(RankRun.program());
        command.addAll(arguments);
        command.addAll(List.of("--output", output.toString()));
        Path log = output.resolveSibling(output.getFileName() + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("OMP_NUM_THREADS", "1");
        RankRun.hideGpus(builder);
        if (!javaOptions.isEmpty()) {
            builder.environment().put("JAVA_TOOL_OPTIONS", javaOptions);
        }
        return new DevicesRun(builder.start(), output, log);
    }

    /** Waits until the run has recorded so many steps. */
    void awaitSteps(int steps) throws IOException, InterruptedException {
        RunFiles.awaitSteps(process, output, steps);
        assertThat(process.isAlive()).as(log()).isTrue();
    }

    /** Sends a signal to the process that started the ranks. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Returns the process of a rank. */
    long pid(int rank) throws IOException {
        for (ProcessHandle each : process.descendants().toList()) {
            Path environment = Path.of("/proc", Long.toString(each.pid()), "environ");
            Optional<String> command = each.info().command();
            if (command.isPresent()
                    && command.get().endsWith("java")
                    && Files.readString(environment).contains("OMPI_COMM_WORLD_RANK=" + rank + "\0")) {
                return each.pid();
            }
        }
        throw new AssertionError("rank " + rank + " is not running: " + log());
    }

    /** Waits for the end and returns the exit code. */
    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** Returns what was printed so far. */
    String log() throws IOException {
        return Files.readString(log);
    }

    /** Returns the last line that was printed, the result or the error. */
    String lastLine() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.get(lines.size() - 1);
    }

    /** Ends what is left of the run. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
