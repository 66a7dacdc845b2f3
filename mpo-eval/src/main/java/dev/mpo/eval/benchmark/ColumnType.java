package dev.mpo.eval.benchmark;

import dev.mpo.eval.judge.text.PythonText;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The type that pandas gives a column, by its values that are not missing. */
enum ColumnType {
    /** All values are integers of 64 bits, and none is missing. */
    INTEGER {
        @Override
        Object present(String text) {
            return Long.valueOf(text.strip().replaceFirst("^\\+", ""));
        }
    },
    /** All values are numbers. */
    NUMBER {
        @Override
        Object present(String text) {
            return number(text);
        }
    },
    /** All values are true or false. */
    TRUTH {
        @Override
        Object present(String text) {
            return text.equalsIgnoreCase("true");
        }
    },
    /** Anything else. */
    TEXT {
        @Override
        Object present(String text) {
            return text;
        }
    };

    private static final Set<String> MISSING = Set.of(
            "",
            "#N/A",
            "#N/A N/A",
            "#NA",
            "-1.#IND",
            "-1.#QNAN",
            "-NaN",
            "-nan",
            "1.#IND",
            "1.#QNAN",
            "<NA>",
            "N/A",
            "NA",
            "NULL",
            "NaN",
            "None",
            "n/a",
            "nan",
            "null");
    private static final Pattern INTEGER_TEXT = Pattern.compile("\\s*[+-]?[0-9]{1,30}\\s*");
    private static final Pattern NUMBER_TEXT =
            Pattern.compile("\\s*[+-]?(?:[0-9]++(?:\\.[0-9]*+)?|\\.[0-9]++)(?:[eE][+-]?[0-9]{1,5})?\\s*");
    private static final Pattern INFINITY = Pattern.compile("[+-]?inf(?:inity)?");
    private static final Set<String> TRUTHS = Set.of("True", "TRUE", "true", "False", "FALSE", "false");
    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    abstract Object present(String text);

    /** Returns the value of a text in a column of this type; nothing if it stands for a missing one. */
    Optional<Object> value(String text) {
        return MISSING.contains(text) ? Optional.empty() : Optional.of(present(text));
    }

    static ColumnType of(List<String> texts) {
        List<String> present =
                texts.stream().filter(text -> !MISSING.contains(text)).toList();
        if (present.isEmpty()) {
            return NUMBER;
        }
        if (present.stream().allMatch(ColumnType::isInteger)) {
            return present.size() == texts.size() ? INTEGER : NUMBER;
        }
        if (present.stream().allMatch(ColumnType::isNumber)) {
            return NUMBER;
        }
        return present.stream().allMatch(TRUTHS::contains) ? TRUTH : TEXT;
    }

    private static boolean isInteger(String text) {
        if (!INTEGER_TEXT.matcher(text).matches()) {
            return false;
        }
        BigInteger value = new BigInteger(text.strip().replaceFirst("^\\+", ""));
        return value.compareTo(LEAST) >= 0 && value.compareTo(MOST) <= 0;
    }

    private static boolean isNumber(String text) {
        return NUMBER_TEXT.matcher(text).matches()
                || INFINITY.matcher(text.toLowerCase(Locale.ROOT)).matches();
    }

    private static double number(String text) {
        return PythonText.number(text.strip()).orElse(Double.NaN);
    }
}
