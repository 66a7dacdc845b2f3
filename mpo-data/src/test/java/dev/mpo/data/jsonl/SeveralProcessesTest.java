package dev.mpo.data.jsonl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real processes that open one file at the same moment, as the ranks of a machine do. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SeveralProcessesTest {

    private static final int PROCESSES = 4;
    private static final int ROWS = 60_000;

    @TempDir
    private Path folder;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void endProcesses() {
        processes.forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows.jsonl", "rows.jsonl.zst"})
    void oneBuildsTheIndexAndTheOthersUseIt(String name) throws Exception {
        Path file = write(name);
        for (int i = 0; i < PROCESSES; i++) {
            start("open", file);
        }
        for (Process process : processes) {
            assertThat(process.inputReader().readLine()).isEqualTo("ready");
        }
        for (Process process : processes) {
            process.getOutputStream().close();
        }
        List<String> answers = new ArrayList<>();
        for (Process process : processes) {
            answers.add(process.inputReader().readLine());
        }
        String rows = " " + ROWS + " question " + (ROWS - 1);
        assertThat(answers)
                .containsExactlyInAnyOrder("WRITTEN" + rows, "REUSED" + rows, "REUSED" + rows, "REUSED" + rows);
        try (var left = Files.list(folder)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .noneMatch(other -> other.endsWith(".tmp") || other.endsWith(".lock"))
                    .hasSize(name.endsWith(".zst") ? 3 : 2);
        }
    }

    @Test
    void aBuilderThatDiesLetsTheNextOneIn() throws Exception {
        Path file = write("rows.jsonl");
        Process holder = start("hold", folder.resolve(".rows.jsonl.mpo-index"));
        assertThat(holder.inputReader().readLine()).isEqualTo("held");
        CompletableFuture<JsonlFile.IndexOrigin> opened = CompletableFuture.supplyAsync(() -> {
            try (JsonlFile rows = JsonlFile.open(file)) {
                return rows.indexOrigin();
            }
        });
        Thread.sleep(300);
        assertThat(opened).isNotDone();
        holder.destroyForcibly();
        assertThat(opened.get(60, TimeUnit.SECONDS)).isEqualTo(JsonlFile.IndexOrigin.WRITTEN);
    }

    private Process start(String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                System.getProperty("java.class.path"),
                OpeningProcess.class.getName()));
        all.addAll(List.of(command));
        Process process = new ProcessBuilder(all)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(process);
        return process;
    }

    private Process start(String command, Path file) throws IOException {
        return start(new String[] {command, file.toString()});
    }

    private Path write(String name) throws IOException {
        StringBuilder text = new StringBuilder();
        String filler = "x".repeat(120);
        for (int i = 0; i < ROWS; i++) {
            text.append("{\"question\": \"question ")
                    .append(i)
                    .append("\", \"chosen\": \"")
                    .append(filler);
            text.append("\", \"rejected\": \"r\"}\n");
        }
        byte[] plain = text.toString().getBytes(StandardCharsets.UTF_8);
        assertThat(plain.length).isGreaterThan((int) LineIndexCache.LEAST_BYTES);
        Path file = folder.resolve(name);
        Files.write(file, name.endsWith(".zst") ? PackedRows.pack(PackedFormat.ZSTD, plain) : plain);
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
    }
}
