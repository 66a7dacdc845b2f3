package dev.mpo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a signal that asks this process to end (Ctrl-C, SIGTERM from a scheduler, SIGUSR1 as Slurm's early warning)
 * into a question that a long job can ask at a convenient point, and holds the process until the job has saved its
 * state and said how it ended.
 *
 * <p>Without {@link #listen()} a signal ends the process at once, as usual.
 */
final class StopRequest {

    /** Environment variable that names the file to leave when a warning comes. */
    private static final String WARNED_FILE = "MPO_WARNED_FILE";

    private static final Logger LOG = LoggerFactory.getLogger(StopRequest.class);

    /** Schedulers kill for good long before this; it only keeps a job that hangs from hanging the shutdown as well. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile boolean requested;
    private volatile int exitCode = ExitCodes.INTERRUPTED;
    private final WarningSignal warning = new WarningSignal();
    private @Nullable Thread hook;

    /** From now on a signal only makes a request, until {@link #finish}. */
    synchronized void listen() {
        if (hook == null) {
            hook = new Thread(this::onShutdown, "stop-request");
            Runtime.getRuntime().addShutdownHook(hook);
            warning.listen(() -> {
                requested = true;
                leaveWord();
            });
        }
    }

    /** Tells the script that started this job that its time is nearly over, and not its user who stopped it. */
    private static void leaveWord() {
        String file = System.getenv(WARNED_FILE);
        if (file == null) {
            return;
        }
        try {
            Files.writeString(Path.of(file), "warned\n");
        } catch (IOException | InvalidPathException e) {
            LOG.warn("{} cannot be written, so the job may not be queued again", file);
        }
    }

    /** True once a signal has asked this process to end. */
    boolean requested() {
        return requested;
    }

    /** Returns whether a signal would wait for the command: from {@link #listen} to {@link #finish}. */
    synchronized boolean listens() {
        return hook != null && finished.getCount() > 0;
    }

    /** Tells that the command is over and what the exit code is; if the process was asked to end, it ends now. */
    synchronized void finish(int code) {
        exitCode = code;
        finished.countDown();
        if (hook != null && !requested) {
            removeHook(hook);
            warning.ignore();
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyEnding) {
            // A signal came in this very moment: the hook finds the command finished and ends the process.
        }
    }

    // The exit code of a process that ends by a signal is the signal's, unless the process halts with another.
    private void onShutdown() {
        requested = true;
        try {
            if (finished.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(exitCode);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
