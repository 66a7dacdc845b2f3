package dev.mpo.cli;

import dev.mpo.core.MpoException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns every failure into one line {@code error: ...} on standard error and an exit code.
 *
 * <p>The stack trace is printed only with {@code --verbose}: a user who mistyped a flag needs the sentence, a developer
 * who hunts a bug needs the trace.
 */
final class ErrorMapper implements IExecutionExceptionHandler, IParameterExceptionHandler {

    private static final Pattern LINE_BREAK = Pattern.compile("\\s*\\R\\s*");

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, @Nullable ParseResult parsed) {
        return report(failure, command.getErr(), Mpo.of(command).verbose());
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        print(
                command.getErr(),
                withStop(oneLine(message(failure))) + suggestion(failure) + " See '" + name + " --help'.");
        if (Mpo.of(command).verbose()) {
            failure.printStackTrace(command.getErr());
        }
        return ExitCodes.USAGE;
    }

    /** Prints one failure and returns its exit code. */
    static int report(Throwable failure, PrintWriter err, boolean verbose) {
        int code = ExitCodes.of(failure);
        String hint = code == ExitCodes.INTERNAL && !verbose ? " (--verbose shows the stack trace)" : "";
        print(err, line(failure) + hint);
        if (verbose) {
            failure.printStackTrace(err);
            err.flush();
        }
        return code;
    }

    /** Returns what a failure says, on one line. */
    static String line(Throwable failure) {
        return oneLine(message(failure));
    }

    private static void print(PrintWriter err, String message) {
        err.println("error: " + message);
        err.flush();
    }

    /** The message alone for failures written for users, with the kind of failure before it for all others. */
    private static String message(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof MpoException || failure instanceof ParameterException) {
            return message == null ? failure.getClass().getSimpleName() : message;
        }
        if (failure instanceof OutOfMemoryError) {
            return "out of Java heap memory (" + message + "): raise the limit, for example MPO_JAVA_OPTS=-Xmx8g";
        }
        if (failure instanceof FileSystemException file) {
            String reason = file.getReason() == null ? file.getClass().getSimpleName() : file.getReason();
            return file.getFile() + ": " + reason;
        }
        if (ExitCodes.of(failure) != ExitCodes.INTERNAL && failure.getCause() != null) {
            return message(failure.getCause());
        }
        return "internal: " + failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    private static String suggestion(ParameterException failure) {
        if (failure instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            return " Did you mean: " + String.join(", ", unmatched.getSuggestions()) + "?";
        }
        return "";
    }

    private static String oneLine(String message) {
        return LINE_BREAK.matcher(message.strip()).replaceAll(" ");
    }

    private static String withStop(String sentence) {
        return sentence.endsWith(".") ? sentence : sentence + ".";
    }
}
