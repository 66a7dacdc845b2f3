package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that starts Java, with a Java that only tells what it was given. */
class LauncherScriptTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void makeDistribution() throws IOException {
        Files.createDirectories(folder.resolve("lib"));
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Files.copy(RecipesTest.PROJECT.resolve("mpo"), bin.resolve("mpo"));
        Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
        Files.writeString(java, """
                #!/bin/sh
                echo "LC_ALL=${LC_ALL:-}"
                kill -USR1 $$
                echo alive
                """);
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private List<String> launched(Map<String, String> locale) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder("bash", folder.resolve("bin/mpo").toString()).redirectErrorStream(true);
        List.of("LC_ALL", "LC_CTYPE", "LANG").forEach(builder.environment()::remove);
        builder.environment().putAll(locale);
        builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        Process process = builder.start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return lines;
    }

    /** Without this Java replaces what it cannot read: a prompt becomes another one, a file is not found. */
    @Test
    void javaRunsInALocaleThatKnowsAllCharacters() throws IOException, InterruptedException {
        assertThat(launched(Map.of())).contains("LC_ALL=C.UTF-8");
        assertThat(launched(Map.of("LC_ALL", "C"))).contains("LC_ALL=C.UTF-8");
        assertThat(launched(Map.of("LANG", "POSIX"))).contains("LC_ALL=C.UTF-8");
        assertThat(launched(Map.of("LANG", "de_DE.UTF-8"))).contains("LC_ALL=");
        assertThat(launched(Map.of("LC_ALL", "en_US.utf8"))).contains("LC_ALL=en_US.utf8");
    }

    /** Slurm sends its warning at once to a job whose time limit is shorter than the warning time. */
    @Test
    void aWarningBeforeJavaListensDoesNotEndTheJob() throws IOException, InterruptedException {
        assertThat(launched(Map.of())).contains("alive");
    }

    @Test
    void argumentsThatJavaWouldGarbleAreRefused() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.mpo.cli.Main",
                        "data",
                        "check",
                        "farbe-\u00e9.json")
                .redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isEqualTo(2);
        assertThat(output).contains("set LC_ALL=C.UTF-8");
    }
}
