package dev.mpo.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two ranks with real processes, started by mpirun and one by one. */
@Timeout(value = 100, unit = TimeUnit.SECONDS)
class LocalRunTest {

    private static final Duration GRACE = Duration.ofSeconds(1);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private LocalRun.Outcome run(boolean mpi, String behaviour, BooleanSupplier stop) {
        boolean found = Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "mpirun")));
        Assumptions.assumeTrue(!mpi || found, "no mpirun on this machine (apt-get install openmpi-bin)");
        List<String> program = LocalLauncher.program(RankProgram.class, List.of(behaviour));
        RankCommands commands = new RankCommands(2, program, System.getenv(), mpi);
        return LocalRun.of(commands, new RankOutput(new PrintWriter(out), new PrintWriter(err)), stop, GRACE);
    }

    private List<String> errorLines() {
        return err.toString().lines().toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resultOfTheFirstRankIsTheResultAndAllElseIsPrefixed(boolean mpi) {
        LocalRun.Outcome outcome = run(mpi, "echo", () -> false);

        assertThat(outcome).as(err.toString()).isEqualTo(new LocalRun.Outcome(0, ""));
        assertThat(out.toString().lines()).containsExactly("result of 0 of 2");
        String threads = Integer.toString(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
        String expected = System.getenv().getOrDefault("OMP_NUM_THREADS", threads);
        assertThat(errorLines())
                .contains(
                        "[rank 0] log of 0, threads " + expected,
                        "[rank 1] log of 1, threads " + expected,
                        "[rank 1] result of 1 of 2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theRankThatFailedFirstIsNamedWithItsErrorAndItsCode(boolean mpi) {
        LocalRun.Outcome outcome = run(mpi, "fail", () -> false);

        assertThat(outcome).isEqualTo(new LocalRun.Outcome(3, "rank 1: row 7 is bad"));
        assertThat(errorLines()).contains("[rank 1] error: row 7 is bad");
    }

    @Test
    void aRankThatFailsBecauseOfAnotherDoesNotHideItsError() {
        assertThat(run(false, "late", () -> false))
                .isEqualTo(new LocalRun.Outcome(4, "rank 1: the weights are damaged"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRankThatIsKilledEndsTheOthers(boolean mpi) {
        long started = System.nanoTime();
        LocalRun.Outcome outcome = run(mpi, "die", () -> false);

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.message()).startsWith("rank 1 was ended by signal 9 (SIGKILL)");
        assertThat(System.nanoTime() - started).isLessThan(30_000_000_000L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRankThatEndsWithoutAWordIsNamedWithItsCode(boolean mpi) {
        LocalRun.Outcome outcome = run(mpi, "exit", () -> false);

        assertThat(outcome.exitCode()).isEqualTo(7);
        assertThat(outcome.message()).startsWith("rank 1 ended with exit code 7");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRequestToStopReachesEveryRankAndAllMayFinish(boolean mpi) {
        BooleanSupplier allListening = () -> err.toString()
                        .lines()
                        .filter(line -> line.endsWith("listening"))
                        .count()
                == 2;
        LocalRun.Outcome outcome = run(mpi, "stop", allListening);

        assertThat(outcome).as(err.toString()).isEqualTo(new LocalRun.Outcome(130, "stopped after step 5"));
        assertThat(errorLines()).contains("[rank 0] saved");
        if (!mpi) { // mpirun ends the others when one ends with an error; ranks leave together before they do
            assertThat(errorLines()).contains("[rank 1] saved");
        }
    }

    @Test
    void ranksEndWhenTheirLauncherIsGone() throws IOException, InterruptedException {
        Process launcher = new ProcessBuilder("sleep", "60").start();
        ProcessBuilder rank = new ProcessBuilder(LocalLauncher.program(RankProgram.class, List.of("die")));
        rank.environment().putAll(Map.of(RankCommands.LAUNCHER_VARIABLE, Long.toString(launcher.pid())));
        Process process = rank.redirectErrorStream(true).start();
        assertThat(process.inputReader().readLine()).startsWith("result");
        launcher.destroyForcibly().waitFor();

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
    }

    @Test
    void bothFormsOfMpirunsTagsAreUnderstood() {
        RankOutput output = new RankOutput(new PrintWriter(out), new PrintWriter(err));
        output.taggedLine("[1,0]<stdout>:{\"steps\":1}");
        output.taggedLine("[prterun-node-7@1,12]<stderr>: text, [1,0]<stdout>:x");
        output.taggedLine("mpirun noticed that process rank 3 with PID 11 on node n2 exited on signal 11 (Segmentation"
                + " fault).");

        assertThat(out.toString()).isEqualTo("{\"steps\":1}" + System.lineSeparator());
        assertThat(errorLines()).containsExactly("[rank 12] text, [1,0]<stdout>:x");
        assertThat(RankDeath.fromRemarks(output.remarks()))
                .startsWith("rank 3 was ended by signal 11 (SIGSEGV): native code crashed");
    }
}
