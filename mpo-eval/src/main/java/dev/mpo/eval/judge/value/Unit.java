package dev.mpo.eval.judge.value;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a number counts.
 *
 * @param dimension the kind of quantity, or the unit itself where it is not one that is known
 * @param factor the number of base units in one of this
 * @param known whether it is in the table of units
 */
record Unit(String dimension, double factor, boolean known) {

    /** No unit is written. */
    static final Unit NONE = new Unit("", 1, true);

    static final Unit PERCENT = new Unit("%", 1, true);
    static final Unit DEGREE = new Unit("angle", 1, true);

    private static final double INCH = 0.0254;
    private static final double POUND = 0.45359237;
    private static final double HOUR = 3600;
    private static final double KNOT = 1 / 3.6;
    private static final double MILE = 1609.344;

    private static final Map<String, Unit> LENGTHS = Map.ofEntries(
            length("nm", 1e-9),
            length("µm", 1e-6),
            length("mm", 1e-3),
            length("cm", 1e-2),
            length("dm", 0.1),
            length("m", 1),
            length("km", 1e3),
            length("in", INCH),
            length("inch", INCH),
            length("ft", 12 * INCH),
            length("foot", 12 * INCH),
            length("feet", 12 * INCH),
            length("yd", 36 * INCH),
            length("yard", 36 * INCH),
            length("mi", MILE),
            length("mile", MILE),
            length("meter", 1),
            length("metre", 1),
            length("centimeter", 1e-2),
            length("centimetre", 1e-2),
            length("millimeter", 1e-3),
            length("millimetre", 1e-3),
            length("kilometer", 1e3),
            length("kilometre", 1e3));

    private static final Map<String, Unit> OTHERS = Map.ofEntries(
            unit("mg", "mass", 1e-6),
            unit("g", "mass", 1e-3),
            unit("gram", "mass", 1e-3),
            unit("kg", "mass", 1),
            unit("kilogram", "mass", 1),
            unit("t", "mass", 1e3),
            unit("ton", "mass", 1e3),
            unit("lb", "mass", POUND),
            unit("pound", "mass", POUND),
            unit("oz", "mass", POUND / 16),
            unit("ounce", "mass", POUND / 16),
            unit("ms", "time", 1e-3),
            unit("s", "time", 1),
            unit("sec", "time", 1),
            unit("second", "time", 1),
            unit("min", "time", 60),
            unit("minute", "time", 60),
            unit("h", "time", HOUR),
            unit("hr", "time", HOUR),
            unit("hour", "time", HOUR),
            unit("day", "time", 24 * HOUR),
            unit("week", "time", 168 * HOUR),
            unit("ml", "volume", 1e-6),
            unit("l", "volume", 1e-3),
            unit("liter", "volume", 1e-3),
            unit("litre", "volume", 1e-3),
            unit("m/s", "speed", 1),
            unit("km/h", "speed", KNOT),
            unit("kmh", "speed", KNOT),
            unit("kph", "speed", KNOT),
            unit("mph", "speed", MILE / HOUR),
            unit("degree", "angle", 1),
            unit("deg", "angle", 1),
            unit("rad", "angle", 180 / Math.PI),
            unit("radian", "angle", 180 / Math.PI),
            unit("%", "%", 1),
            unit("percent", "%", 1),
            unit("pct", "%", 1),
            unit("$", "dollar", 1),
            unit("usd", "dollar", 1),
            unit("dollar", "dollar", 1),
            unit("cent", "dollar", 0.01),
            unit("¢", "dollar", 0.01),
            unit("€", "euro", 1),
            unit("euro", "euro", 1),
            unit("£", "sterling", 1),
            unit("¥", "yen", 1),
            unit("yuan", "yuan", 1),
            unit("n", "force", 1),
            unit("kn", "force", 1e3),
            unit("newton", "force", 1),
            unit("j", "energy", 1),
            unit("kj", "energy", 1e3),
            unit("joule", "energy", 1),
            unit("w", "power", 1),
            unit("kw", "power", 1e3),
            unit("watt", "power", 1),
            unit("v", "voltage", 1),
            unit("volt", "voltage", 1),
            unit("a", "current", 1),
            unit("ampere", "current", 1),
            unit("hz", "frequency", 1),
            unit("khz", "frequency", 1e3),
            unit("mhz", "frequency", 1e6),
            unit("pa", "pressure", 1),
            unit("kpa", "pressure", 1e3),
            unit("ohm", "resistance", 1),
            unit("°c", "celsius", 1),
            unit("°f", "fahrenheit", 1),
            unit("k", "kelvin", 1));

    private static final Pattern POWER = Pattern.compile("\\^?\\{?([23])\\}?$");
    private static final Pattern SPACES = Pattern.compile("[\\s~\\\\{}]+");

    private static Map.Entry<String, Unit> length(String name, double metres) {
        return unit(name, "length", metres);
    }

    private static Map.Entry<String, Unit> unit(String name, String dimension, double factor) {
        return Map.entry(name, new Unit(dimension, factor, true));
    }

    /** Returns whether a text names a unit of the table. */
    static boolean isKnown(String text) {
        return of(text).known();
    }

    /** Returns the unit that a text names; one that is not known is a dimension of its own. */
    static Unit of(String text) {
        String name = SPACES.matcher(text.toLowerCase(Locale.ROOT).strip())
                .replaceAll(" ")
                .strip();
        if (name.isEmpty()) {
            return NONE;
        }
        Unit simple = simple(name);
        if (simple != null) {
            return simple;
        }
        String base = name;
        int power = 1;
        if (name.startsWith("square ") || name.startsWith("sq ")) {
            base = name.substring(name.indexOf(' ') + 1);
            power = 2;
        } else if (name.startsWith("cubic ")) {
            base = name.substring(name.indexOf(' ') + 1);
            power = 3;
        } else {
            var matcher = POWER.matcher(name);
            if (matcher.find()) {
                power = matcher.group(1).charAt(0) - '0';
                base = name.substring(0, matcher.start()).strip();
            }
        }
        Unit length = power == 1 ? null : LENGTHS.get(singular(base));
        if (length == null) {
            return new Unit(singular(name), 1, false);
        }
        return power == 3
                ? new Unit("volume", Math.pow(length.factor, 3), true)
                : new Unit("area", length.factor * length.factor, true);
    }

    private static @org.jspecify.annotations.Nullable Unit simple(String name) {
        for (String form : new String[] {name, singular(name)}) {
            Unit length = LENGTHS.get(form);
            Unit found = length == null ? OTHERS.get(form) : length;
            if (found != null) {
                return found;
            }
        }
        return name.equals("inches") ? LENGTHS.get("in") : null;
    }

    private static String singular(String name) {
        return name.length() > 2 && name.endsWith("s") && !name.endsWith("/s")
                ? name.substring(0, name.length() - 1)
                : name;
    }
}
