package dev.mpo.train.ranks;

import java.util.Arrays;
import java.util.Map;

/** What the threads of this program are doing, for people who look for the reason of a hang. */
final class ProgramThreads {

    private static final String PRODUCT = "dev.mpo.";
    private static final String WATCH = RankWatch.class.getPackageName() + ".Watch";

    private ProgramThreads() {}

    /** Returns the stacks of all threads that are in this program, the watch's own left out. */
    static String describe() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Thread, StackTraceElement[]> each :
                Thread.getAllStackTraces().entrySet()) {
            StackTraceElement[] frames = each.getValue();
            if (has(frames, PRODUCT) && !has(frames, WATCH) && !has(frames, RankWatch.class.getName())) {
                text.append(System.lineSeparator()).append(each.getKey().getName());
                for (StackTraceElement frame : frames) {
                    text.append(System.lineSeparator()).append("    at ").append(frame);
                }
            }
        }
        return text.toString();
    }

    private static boolean has(StackTraceElement[] frames, String prefix) {
        return Arrays.stream(frames).anyMatch(frame -> frame.getClassName().startsWith(prefix));
    }
}
