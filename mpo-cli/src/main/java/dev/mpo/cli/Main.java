package dev.mpo.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The entry point of the program: runs one command and exits with its code. */
public final class Main {

    private Main() {}

    /** Runs the command that the arguments name and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static PrintWriter visible(PrintStream stream) {
        return new PrintWriter(VisibleText.writer(new OutputStreamWriter(stream, StandardCharsets.UTF_8)), true);
    }

    // Native libraries leave threads behind, so returning from main would not be enough to end the process.
    private static int run(String[] arguments) {
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        try {
            // Answers and file names are not limited to what the terminal's locale can say.
            PrintWriter out = visible(System.out);
            PrintWriter visibleErr = visible(System.err);
            LocaleCheck.requireReadable(arguments);
            return Mpo.run(Mpo.commandLine().setOut(out).setErr(visibleErr), arguments);
        } catch (Throwable failure) { // such as a class that is missing before any command runs
            return ErrorMapper.report(failure, err, false);
        }
    }
}
