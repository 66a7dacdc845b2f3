package dev.mpo.eval.judge.value;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes the unit off a number. */
final class UnitText {

    private static final Pattern COMMAND = Pattern.compile(
            "(.*?)\\\\?[,; ]?\\s*\\\\(?:text|mathrm|mbox|textrm|textup|operatorname|rm)\\s*\\{([^{}]*)\\}"
                    + "\\s*((?:\\^\\s*\\{?\\s*[23]\\s*\\}?)?)\\s*");
    private static final Pattern DEGREES =
            Pattern.compile("(.*?)\\s*(?:\\^\\s*\\{?\\s*\\\\circ\\s*\\}?|\\\\degree)\\s*([CF]?)\\s*");
    private static final Pattern ANGLE = Pattern.compile("\\s*\\\\angle\\s*([0-9.]++)\\s*");
    private static final Pattern PERCENT = Pattern.compile("(.*?)\\s*\\\\?%\\s*");
    private static final Pattern CURRENCY = Pattern.compile("\\s*(-?)\\s*\\\\?([$€£¥])\\s*(-?[0-9.].*)");

    /** After a digit, a bracket or a letter formula: a known unit at once, or any words after a space. */
    private static final Pattern PLAIN =
            Pattern.compile("(.*?[0-9)}.])\\s*([$€£¥¢]|[A-Za-zµ][A-Za-zµ /·]*?(?:\\^\\{?[23]\\}?)?)");

    private UnitText() {}

    /** A text without its unit, and the unit. */
    record Split(String number, Unit unit) {}

    /** Returns the number, and its unit if it has one that is written after or, for money, before it. */
    static Split strip(String text) {
        Matcher currency = CURRENCY.matcher(text);
        if (currency.matches()) {
            return new Split(currency.group(1) + currency.group(3), Unit.of(currency.group(2)));
        }
        Matcher percent = PERCENT.matcher(text);
        if (percent.matches()) {
            return new Split(percent.group(1), Unit.PERCENT);
        }
        Matcher degrees = DEGREES.matcher(text);
        if (degrees.matches() && !degrees.group(1).isBlank()) {
            String scale = degrees.group(2);
            return new Split(degrees.group(1), scale.isEmpty() ? Unit.DEGREE : Unit.of("°" + scale));
        }
        Matcher angle = ANGLE.matcher(text);
        if (angle.matches()) {
            return new Split(angle.group(1), Unit.DEGREE);
        }
        Matcher command = COMMAND.matcher(text);
        if (command.matches()
                && !command.group(1).isBlank()
                && command.group(2).chars().noneMatch(Character::isDigit)) {
            return new Split(command.group(1), Unit.of(command.group(2) + command.group(3)));
        }
        Matcher plain = PLAIN.matcher(text);
        if (plain.matches() && isUnit(plain.group(1), plain.group(2), text)) {
            return new Split(plain.group(1), Unit.of(plain.group(2)));
        }
        return new Split(text, Unit.NONE);
    }

    /** {@code 5 cm}, {@code 5cm}, {@code 10 apples}; but not {@code 2x} or {@code 3 m n}. */
    private static boolean isUnit(String number, String words, String text) {
        boolean spaced = Character.isWhitespace(text.charAt(number.length()));
        boolean letters = words.length() >= 3 && words.chars().limit(2).allMatch(Character::isLetter);
        if (words.length() == 1 && Character.isLetter(words.charAt(0))) {
            return spaced && Unit.isKnown(words) && !number.contains("\\");
        }
        return Unit.isKnown(words) || (spaced && letters);
    }
}
