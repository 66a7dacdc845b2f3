package dev.mpo.cli.launch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** A process started here: one rank, or mpirun with all of them. Its output is read as long as it lasts. */
final class RankProcess {

    private static final int READERS_WAIT_SECONDS = 5;

    private final Process process;
    private final OptionalInt rank;
    private final Thread[] readers;

    private RankProcess(Process process, OptionalInt rank, Thread... readers) {
        this.process = process;
        this.rank = rank;
        this.readers = readers;
    }

    /**
     * Starts a process.
     *
     * @param rank which rank it is; empty for mpirun
     */
    static RankProcess start(ProcessBuilder builder, OptionalInt rank, RankOutput output) throws IOException {
        Process process = builder.start();
        process.getOutputStream().close();
        return new RankProcess(
                process,
                rank,
                reader(process.getInputStream(), rank, false, output),
                reader(process.getErrorStream(), rank, true, output));
    }

    private static Thread reader(InputStream stream, OptionalInt rank, boolean error, RankOutput output) {
        Thread thread = new Thread(() -> read(stream, rank, error, output), "rank-output");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void read(InputStream stream, OptionalInt rank, boolean error, RankOutput output) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (rank.isPresent()) {
                    output.line(rank.getAsInt(), error, line);
                } else {
                    output.taggedLine(line);
                }
            }
        } catch (IOException ended) {
            // The process is gone, and what it printed has been read.
        }
    }

    /** Which rank this is; empty for mpirun. */
    OptionalInt rank() {
        return rank;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The exit code; 128 and the number of the signal for a process that a signal ended. */
    int exitCode() {
        return process.exitValue();
    }

    /** Sends a signal by name. The shell's own command is used, since not every machine has a program for it. */
    void signal(String name) {
        try {
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(READERS_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (IOException e) {
            process.destroy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the process and what it started. */
    void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** Waits for the process's last lines; a grandchild that holds its streams cannot make this last. */
    void awaitOutput() throws InterruptedException {
        for (Thread reader : readers) {
            reader.join(TimeUnit.SECONDS.toMillis(READERS_WAIT_SECONDS));
        }
    }
}
