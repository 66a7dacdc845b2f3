package dev.mpo.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import dev.mpo.core.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** Sets up the log: readable lines on standard error, and a copy in the run folder while a run lasts. */
final class Logging {

    private static final String CONSOLE = "console";
    private static final String CONSOLE_PATTERN = "%d{HH:mm:ss} %-5level %msg%n%ex{short}";
    private static final String FILE_PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{30} %msg%n";

    private Logging() {}

    /** Chooses how much is logged: details with verbose; on the console warnings only with quiet. */
    static void setLevel(boolean verbose, boolean quiet) {
        context().getLogger("dev.mpo").setLevel(verbose ? Level.DEBUG : Level.INFO);
        Appender<ILoggingEvent> console = root().getAppender(CONSOLE);
        console.clearAllFilters();
        if (quiet) {
            ThresholdFilter warnings = new ThresholdFilter();
            warnings.setLevel(Level.WARN.levelStr);
            warnings.start();
            console.addFilter(warnings);
        }
    }

    /**
     * Sends the console's log to a terminal instead of plainly to standard error, so that a status line can share it.
     */
    static void useTerminal(Terminal terminal) {
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setName(CONSOLE);
        appender.setEncoder(encoder(CONSOLE_PATTERN));
        appender.setContext(context());
        appender.setOutputStream(terminal.asStream());
        root().getAppender(CONSOLE).getCopyOfAttachedFiltersList().forEach(appender::addFilter);
        appender.start();
        root().detachAppender(CONSOLE);
        root().addAppender(appender);
    }

    /**
     * Copies the log to a file, appending, until the returned handle is closed.
     *
     * @throws ConfigException if the file cannot be written
     */
    static Copy copyTo(Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.writeString(file, "", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new ConfigException(
                    "cannot write the log file " + file + " (" + e.getMessage()
                            + "): choose a writable --output folder",
                    e);
        }
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setName(file.toString());
        appender.setContext(context());
        appender.setFile(file.toString());
        appender.setAppend(true);
        appender.setEncoder(encoder(FILE_PATTERN));
        appender.start();
        root().addAppender(appender);
        return new Copy(appender);
    }

    /** A running copy of the log; closing it ends the copy. */
    static final class Copy implements AutoCloseable {

        private final FileAppender<ILoggingEvent> appender;

        private Copy(FileAppender<ILoggingEvent> appender) {
            this.appender = appender;
        }

        /**
         * Writes how the job failed into the copy alone, since the console gets the line from {@link ErrorMapper}. The
         * stack trace is added where the program is to blame.
         */
        void failure(Throwable failure) {
            boolean internal = ExitCodes.of(failure) == ExitCodes.INTERNAL;
            appender.doAppend(new LoggingEvent(
                    Copy.class.getName(),
                    context().getLogger(Logging.class),
                    Level.ERROR,
                    "error: " + ErrorMapper.line(failure),
                    internal ? failure : null,
                    null));
        }

        @Override
        public void close() {
            root().detachAppender(appender);
            appender.stop();
        }
    }

    private static PatternLayoutEncoder encoder(String pattern) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context());
        encoder.setPattern(pattern);
        encoder.start();
        return encoder;
    }

    private static Logger root() {
        return context().getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private static LoggerContext context() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            return context;
        }
        throw new IllegalStateException("expected Logback as the logging library, found " + factory.getClass());
    }
}
