package dev.mpo.cli.launch;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is known about a rank that ended without a word. */
final class RankDeath {

    private static final int SIGNALS = 128;
    private static final Map<Integer, String> NAMES =
            Map.of(2, "INT", 4, "ILL", 6, "ABRT", 7, "BUS", 8, "FPE", 9, "KILL", 10, "USR1", 11, "SEGV", 15, "TERM");
    private static final int HIGHEST_SIGNAL = 64;

    private static final Pattern MPIRUN_SIGNAL =
            Pattern.compile("rank (\\d+) .*on node (\\S+) exited on signal (\\d+)");
    private static final Pattern MPIRUN_PROCESS = Pattern.compile("Process name: \\[\\[.*],\\s*(\\d+)]");
    private static final Pattern MPIRUN_CODE = Pattern.compile("Exit code:\\s*(\\d+)");

    private RankDeath() {}

    /** Returns what happened to a process, or nothing if it is not known. */
    static String describe(RankProcess process, List<String> remarks) {
        int code = process.exitCode();
        if (code == 0) {
            return "";
        }
        return process.rank().isPresent() ? text(process.rank().getAsInt(), code) : fromRemarks(remarks);
    }

    /** Reads which rank mpirun names. */
    static String fromRemarks(List<String> remarks) {
        int rank = -1;
        for (String remark : remarks) {
            Matcher signal = MPIRUN_SIGNAL.matcher(remark);
            if (signal.find()) {
                return text(Integer.parseInt(signal.group(1)), SIGNALS + Integer.parseInt(signal.group(3)));
            }
            Matcher process = MPIRUN_PROCESS.matcher(remark);
            if (process.find()) {
                rank = Integer.parseInt(process.group(1));
            }
            Matcher code = MPIRUN_CODE.matcher(remark);
            if (rank >= 0 && code.find()) {
                return text(rank, Integer.parseInt(code.group(1)));
            }
        }
        return "";
    }

    private static String text(int rank, int code) {
        if (!bySignal(code)) {
            return "rank " + rank + " ended with exit code " + code + "; its last lines are above";
        }
        int signal = code - SIGNALS;
        String name = NAMES.containsKey(signal) ? " (SIG" + NAMES.get(signal) + ")" : "";
        String hint = switch (signal) {
            case 9 -> ": the system may be out of memory; see the kernel's log (dmesg) and 'mpo plan'";
            case 4, 6, 7, 8, 11 -> ": native code crashed; its last lines are above";
            default -> "";
        };
        return "rank " + rank + " was ended by signal " + signal + name + hint;
    }

    /** True for the exit code of a process that a signal ended. */
    static boolean bySignal(int exitCode) {
        return exitCode > SIGNALS && exitCode <= SIGNALS + HIGHEST_SIGNAL;
    }

    /** True for the exit code of a process that this signal ended. */
    static boolean bySignal(int exitCode, String name) {
        return bySignal(exitCode) && name.equals(NAMES.get(exitCode - SIGNALS));
    }
}
