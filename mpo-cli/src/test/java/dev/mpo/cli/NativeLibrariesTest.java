package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** The jars with native libraries, the page that lists them, and the versions that must not come back. */
class NativeLibrariesTest {

    private static final Pattern JAR =
            Pattern.compile("([a-z][a-z-]*[a-z])-([0-9][0-9.]*(?:-[0-9][0-9.]*)?)(?:-linux-x86_64)?\\.jar");
    private static final Pattern ROW = Pattern.compile("\\| ([a-z-]+) \\| ([0-9.-]+) \\| [^|]* \\| ([0-9.]*) ?\\|.*");

    private record Listed(String jar, String version, String least) {}

    private static List<Listed> listed() throws IOException {
        List<Listed> rows = new ArrayList<>();
        for (String line : Files.readAllLines(RecipesTest.PROJECT.resolve("docs/native-libraries.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                rows.add(new Listed(row.group(1), row.group(2), row.group(3)));
            }
        }
        return rows;
    }

    private static Set<String> nativeJars() {
        return Arrays.stream(System.getProperty("java.class.path").split(System.getProperty("path.separator"), -1))
                .map(Path::of)
                .filter(path -> path.toString().endsWith(".jar") && hasNative(path))
                .map(path -> path.getFileName().toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean hasNative(Path jar) {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream().anyMatch(entry -> entry.getName().matches(".*linux.*\\.so(\\.[0-9]+)*(\\.gz)?"));
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void everyJarWithNativePartsIsListedWithItsVersion() throws IOException {
        List<String> wrong = new ArrayList<>();
        List<Listed> listed = listed();
        for (String name : nativeJars()) {
            Matcher jar = JAR.matcher(name);
            Optional<Listed> row = jar.matches()
                    ? listed.stream()
                            .filter(each -> each.jar().equals(jar.group(1)))
                            .findFirst()
                    : Optional.empty();
            if (row.isEmpty() || !row.get().version().equals(jar.group(2))) {
                wrong.add(name + " is listed as " + row);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(nativeJars()).hasSizeGreaterThanOrEqualTo(5);
    }

    @Test
    void noVersionWithAPublishedMemoryFaultIsUsed() throws IOException {
        assertThat(listed()).hasSizeGreaterThanOrEqualTo(7).allSatisfy(row -> {
            if (!row.least().isEmpty()) {
                assertThat(Arrays.compare(numbers(row.version()), numbers(row.least())))
                        .as(row.jar())
                        .isGreaterThanOrEqualTo(0);
            }
        });
    }

    private static int[] numbers(String version) {
        return Arrays.stream(version.split("[.-]", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
    }
}
