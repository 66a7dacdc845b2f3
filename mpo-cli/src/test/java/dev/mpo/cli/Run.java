package dev.mpo.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * What a command printed and how it ended, run inside this process.
 *
 * @param exitCode the exit code
 * @param out standard output
 * @param err standard error, without the log
 */
record Run(int exitCode, String out, String err) {

    /** Runs the program with the given arguments. */
    static Run mpo(String... arguments) {
        return of(Mpo.commandLine(), arguments);
    }

    /** Runs a prepared command line with the given arguments. */
    static Run of(CommandLine command, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int exitCode = Mpo.run(command, arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }
}
