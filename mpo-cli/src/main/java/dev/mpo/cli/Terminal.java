package dev.mpo.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard error as a place where log lines and one status line share the screen: a log line pushes the status line
 * down instead of being written into it.
 */
final class Terminal {

    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final int DEFAULT_COLUMNS = 80;
    private static final int MIN_COLUMNS = 20;

    private final PrintStream stream;
    private final boolean interactive;
    private final int columns;
    private String status = "";

    Terminal(PrintStream stream, boolean interactive, int columns) {
        this.stream = stream;
        this.interactive = interactive;
        this.columns = columns < MIN_COLUMNS ? DEFAULT_COLUMNS : columns; // some consoles say 0
    }

    /**
     * Standard error of this process. The launcher says in the property {@code mpo.tty} whether it is a terminal;
     * {@code System.console()} tells only for older Javas.
     */
    static Terminal standardError() {
        return new Terminal(
                System.err, Boolean.getBoolean("mpo.tty"), Integer.getInteger("mpo.columns", DEFAULT_COLUMNS));
    }

    /** True if a person watches: the status line can be redrawn in place. */
    boolean interactive() {
        return interactive;
    }

    /** The number of characters that fit on one line. */
    int columns() {
        return columns;
    }

    /** Prints whole lines above the status line. */
    synchronized void print(String raw) {
        String text = VisibleText.of(raw);
        if (status.isEmpty()) {
            stream.print(text);
        } else {
            stream.print(CLEAR_LINE + text + status);
        }
        stream.flush();
    }

    /** Replaces the status line; an empty text removes it. Without an interactive terminal there is none. */
    synchronized void setStatus(String text) {
        if (!interactive) {
            return;
        }
        String shown = VisibleText.of(text);
        status = shown.length() < columns ? shown : shown.substring(0, columns - 1);
        stream.print(CLEAR_LINE + status);
        stream.flush();
    }

    /** A stream for log appenders; each write must be made of whole lines. */
    OutputStream asStream() {
        return new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                print(new String(bytes, offset, length, StandardCharsets.UTF_8));
            }
        };
    }
}
