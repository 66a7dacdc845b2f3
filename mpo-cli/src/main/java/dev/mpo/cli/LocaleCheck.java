package dev.mpo.cli;

import dev.mpo.core.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Refuses arguments that Java has garbled. Started without the launcher and in a locale that is not UTF-8, Java
 * replaces what the locale cannot express, and a prompt silently becomes another text.
 */
final class LocaleCheck {

    private static final Path OWN_COMMAND_LINE = Path.of("/proc/self/cmdline");

    private LocaleCheck() {}

    /**
     * Checks the arguments of this process.
     *
     * @throws ConfigException if the locale is not UTF-8 and an argument has characters beyond ASCII
     */
    static void requireReadable(String... arguments) {
        String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
        if (encoding.toUpperCase(Locale.ROOT).replace("-", "").equals("UTF8")) {
            return;
        }
        if (hasBeyondAscii(arguments) || hasBeyondAscii(OWN_COMMAND_LINE)) {
            throw new ConfigException("the arguments have characters that the locale of this process (" + encoding
                    + ") cannot express: set LC_ALL=C.UTF-8, or start the program by bin/mpo, which does");
        }
    }

    private static boolean hasBeyondAscii(String... arguments) {
        for (String argument : arguments) {
            if (argument.chars().anyMatch(c -> c >= 0x80)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasBeyondAscii(Path commandLine) {
        try {
            for (byte b : Files.readAllBytes(commandLine)) {
                if (b < 0) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false; // not Linux; the arguments themselves were looked at
        }
        return false;
    }
}
