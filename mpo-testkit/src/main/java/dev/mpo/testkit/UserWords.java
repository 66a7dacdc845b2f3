package dev.mpo.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;

/** What every message for users has in common, whatever went wrong. */
public final class UserWords {

    private static final int MAX_LENGTH = 3_000;

    /** Words of libraries and of Java that tell a user nothing. */
    private static final Pattern FOREIGN = Pattern.compile(
            "\\b[A-Z]\\w+(Exception|Error)\\b|(?i:jackson)|com\\.fasterxml|\\bjava\\.\\w|\\bdev\\.mpo\\.|REDACTED"
                    + "|StreamRead|JsonReadFeature|DeserializationFeature|\\[Source|out of bounds|\\bnull\\b object"
                    + "|Index \\d+|For input string|Optional\\[|\\$\\w+@|cannot be cast|panicked");

    /** A path of a file in a temporary folder, as messages write it. */
    private static final Pattern PATH = Pattern.compile("/[\\w.-]+(?:/[\\w.-]+)+");

    private UserWords() {}

    /** Fails unless a message is there, of a bearable length, in a user's words, and names no path twice. */
    public static void requireIn(Throwable failure, String input) {
        String message = String.valueOf(failure.getMessage());
        assertThat(message).as(input).isNotBlank().isNotEqualTo("null");
        assertThat(message.length()).as(input + ": length of: " + message).isLessThan(MAX_LENGTH);
        assertThat(FOREIGN.matcher(message)
                        .results()
                        .map(match -> match.group())
                        .toList())
                .as(input + ": " + message)
                .isEmpty();
        assertThat(PATH.matcher(message).results().map(match -> match.group()).toList())
                .as(input + ": " + message)
                .doesNotHaveDuplicates();
    }
}
