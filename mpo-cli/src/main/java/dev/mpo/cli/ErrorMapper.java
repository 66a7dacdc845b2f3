package dev.mpo.cli;

import dev.mpo.core.MpoException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
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
        Optional<String> unknown = failure instanceof MissingParameterException
                ? UnknownOptions.first(command.getCommandSpec(), List.of(arguments))
                : Optional.empty();
        String sentence = unknown.orElseGet(() -> withStop(oneLine(message(failure))) + suggestion(failure));
        print(command.getErr(), sentence + " See '" + name + " --help'.");
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
        err.println("error: " + VisibleText.of(message));
        err.flush();
    }

    /** The message alone for failures written for users, with the kind of failure before it for all others. */
    private static String message(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof MpoException || failure instanceof ParameterException) {
            return message == null ? "no reason was given" : message;
        }
        if (failure instanceof OutOfMemoryError) {
            return "out of Java heap memory (" + message + "): raise the limit, for example MPO_JAVA_OPTS=-Xmx8g";
        }
        if (failure instanceof FileSystemException file) {
            return file.getFile() + ": " + reason(file);
        }
        if (failure instanceof InvalidPathException path) {
            return "the path " + path.getInput() + " cannot be used: " + path.getReason()
                    + "; where the name has characters beyond ASCII, set LC_ALL=C.UTF-8";
        }
        if (ExitCodes.of(failure) != ExitCodes.INTERNAL && failure.getCause() != null) {
            return message(failure.getCause());
        }
        return "internal: " + failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    private static String reason(FileSystemException file) {
        if (file instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (file instanceof AccessDeniedException) {
            return "no permission";
        }
        if (file instanceof FileAlreadyExistsException) {
            return "exists already";
        }
        if (file instanceof DirectoryNotEmptyException) {
            return "the folder is not empty";
        }
        if (file instanceof NotDirectoryException) {
            return "not a folder";
        }
        return file.getReason() == null ? "the file system refuses it" : file.getReason();
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
