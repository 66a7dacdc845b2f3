package dev.mpo.train.ranks;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a rank of several ends when the run cannot go on, and what it says about itself while it lasts. */
final class RankEnd {

    private static final Logger LOG = LoggerFactory.getLogger(RankEnd.class);
    private static final String PRODUCT = "dev.mpo.";
    private static final int FRAMES = 6;

    private final Ranks ranks;
    private final AtomicReference<@Nullable Thread> caller = new AtomicReference<>();

    RankEnd(Ranks ranks) {
        this.ranks = ranks;
    }

    /** Takes note of the thread that asks for operations; where it is tells where the rank is. */
    void calledByThisThread() {
        caller.set(Thread.currentThread());
    }

    /** Returns where the rank is in the program: the innermost call, and the program's own that led to it. */
    String where() {
        Thread thread = caller.get();
        if (thread == null) {
            return "its start";
        }
        StringBuilder text = new StringBuilder();
        int frames = 0;
        for (StackTraceElement frame : thread.getStackTrace()) {
            boolean ours = frame.getClassName().startsWith(PRODUCT);
            if (frames < FRAMES && (ours || frames == 0)) {
                String name = frame.getClassName();
                text.append(frames++ == 0 ? "" : " < ")
                        .append(name.substring(name.lastIndexOf('.') + 1))
                        .append('.')
                        .append(frame.getMethodName())
                        .append(':')
                        .append(frame.getLineNumber());
            }
        }
        return text.isEmpty() ? "its end" : text.toString();
    }

    /** Leaves the report of this rank's own failure for the launcher. */
    void leaveReport(String reason, int exitCode) {
        FailureReport.now(ranks.rank(), exitCode, reason, false).leave(System.getenv());
    }

    /** Ends this process because of a failure of any rank, leaving the report that the launcher asked for. */
    void end(WatchMessage.Failed failure) {
        boolean own = failure.rank() == ranks.rank();
        LOG.error("{}", failure.message());
        FailureReport.now(ranks.rank(), failure.exitCode(), failure.message(), !own)
                .leave(System.getenv());
        if (own) { // the failure of this rank that others have noticed: it hangs
            LOG.error("what the threads of rank {} were doing:{}", ranks.rank(), ProgramThreads.describe());
        }
        Runtime.getRuntime().halt(failure.exitCode());
    }
}
