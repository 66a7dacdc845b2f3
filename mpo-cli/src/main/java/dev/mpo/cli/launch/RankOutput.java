package dev.mpo.cli.launch;

import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the ranks print, line by line: the result of rank 0 goes to standard output as it is, everything else to
 * standard error with the rank before it.
 */
final class RankOutput {

    /** Open MPI's mark of a line: {@code [1,0]<stderr>:}, in version 5 {@code [job@1,0]<stderr>: }. */
    private static final Pattern TAG = Pattern.compile("^\\[[^\\]\\s]*,(\\d{1,6})]<(std\\w+)>: ?(.*)$");

    private static final int REMARKS_KEPT = 200;

    private final PrintWriter out;
    private final PrintWriter err;
    private final Deque<String> remarks = new ArrayDeque<>();

    RankOutput(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /** Takes a line of a rank. */
    synchronized void line(int rank, boolean error, String text) {
        if (rank == 0 && !error) {
            out.println(text);
            out.flush();
        } else {
            err.println("[rank " + rank + "] " + text);
            err.flush();
        }
    }

    /**
     * Takes a line of mpirun: one of a rank by its tag, or a remark of mpirun itself. Remarks are kept for the
     * diagnosis; mpirun comments every rank that fails with a page that would bury the rank's own error.
     */
    void taggedLine(String text) {
        Matcher tag = TAG.matcher(text);
        if (tag.matches()) {
            line(Integer.parseInt(tag.group(1)), !tag.group(2).equals("stdout"), tag.group(3));
            return;
        }
        synchronized (this) {
            if (remarks.size() == REMARKS_KEPT) {
                remarks.removeFirst();
            }
            remarks.addLast(text);
        }
    }

    /** Returns mpirun's latest remarks. */
    synchronized List<String> remarks() {
        return List.copyOf(remarks);
    }

    /** Prints mpirun's remarks, where nothing else explains a failure. */
    synchronized void printRemarks() {
        for (String remark : remarks) {
            if (!remark.isBlank() && !remark.startsWith("-----")) {
                err.println("[mpirun] " + remark);
            }
        }
        err.flush();
    }
}
