package dev.mpo.core.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * TorchScript of an {@link OperatorLibrary} in resource files with a {@code .py} ending.
 *
 * <p>Beside methods a file has comments on lines of their own, names in capitals for numbers (element types, and
 * whatever the caller declares, such as the slots of weights), and declarations of several names at once, {@code KEPT_X
 * = (a, b, c)}. Wherever {@code *KEPT_X} stands, in the list that one method returns and where another takes it apart,
 * it means these names.
 */
public final class OperatorSource {

    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*#.*\\R");
    private static final Pattern EMPTY_LINE = Pattern.compile("(?m)^\\s*\\R");
    private static final Pattern DECLARATION = Pattern.compile("(?m)^([A-Z][A-Z0-9_]*) = \\(([^)]*)\\)\\R");
    private static final Pattern SEVERAL = Pattern.compile("\\*([A-Z][A-Z0-9_]*)");
    private static final Pattern CONSTANT = Pattern.compile("(?<![\\w.])[A-Z][A-Z0-9_]+(?!\\w)");

    /** Numbers of libtorch: its element types and the memory format of tensors that are laid out row by row. */
    private static final Map<String, Integer> TORCH =
            Map.of("INT32", 3, "INT64", 4, "FLOAT32", 6, "FLOAT64", 7, "BFLOAT16", 15, "CONTIGUOUS", 0);

    private OperatorSource() {}

    /**
     * Reads files that lie beside a class and puts numbers and names in place.
     *
     * @throws IllegalArgumentException if a file uses a name that is not declared: a programmer error
     */
    public static String read(Class<?> beside, Map<String, Integer> constants, String... files) {
        StringBuilder text = new StringBuilder();
        for (String file : files) {
            text.append(text(beside, file)).append('\n');
        }
        Map<String, Integer> numbers = new HashMap<>(TORCH);
        numbers.putAll(constants);
        return resolve(text.toString(), numbers);
    }

    private static String text(Class<?> beside, String file) {
        try (InputStream in = beside.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + file + " beside " + beside.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String resolve(String source, Map<String, Integer> numbers) {
        String code = COMMENT.matcher(source).replaceAll("");
        Map<String, String> several = new HashMap<>();
        Matcher declaration = DECLARATION.matcher(code);
        while (declaration.find()) {
            several.put(declaration.group(1), declaration.group(2));
        }
        code = DECLARATION.matcher(code).replaceAll("");
        code = EMPTY_LINE.matcher(code).replaceAll("");
        code = SEVERAL.matcher(code).replaceAll(found -> declared(several.get(found.group(1)), found.group(1)));
        return CONSTANT.matcher(code)
                .replaceAll(found ->
                        declared(numbers.get(found.group()), found.group()).toString());
    }

    private static <T> T declared(@Nullable T value, String name) {
        if (value == null) {
            throw new IllegalArgumentException("operator source uses " + name + ", which nothing declares");
        }
        return value;
    }
}
