package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.mpo.core.CheckpointException;
import dev.mpo.core.ConfigException;
import dev.mpo.core.DataException;
import dev.mpo.core.InterruptedRunException;
import dev.mpo.core.TrainingDivergedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class ErrorMapperTest {

    static Stream<Arguments> failuresWithTheirCodes() {
        return Stream.of(
                arguments(new ConfigException("loss.beta: expected > 0, got -1"), 2),
                arguments(new DataException("rows.jsonl:3: not JSON"), 3),
                arguments(new CheckpointException("tensor a: expected [2], got [3]"), 4),
                arguments(new TrainingDivergedException("loss is NaN at step 7"), 5),
                arguments(new InterruptedRunException("stopped at step 7"), 130));
    }

    @ParameterizedTest
    @MethodSource("failuresWithTheirCodes")
    void everyKindOfFailureHasItsCodeAndOneLine(RuntimeException failure, int code) {
        Run run = run(failure);

        assertThat(run.exitCode()).isEqualTo(code);
        assertThat(run.err()).isEqualToIgnoringNewLines("error: " + failure.getMessage());
        assertThat(run.out()).isEmpty();
    }

    @Test
    void failureOfUnknownKindIsInternalAndNamesItsClass() {
        Run run = run(new IllegalStateException("no such stage"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith("error: internal: IllegalStateException: no such stage");
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void wrappedFailureKeepsTheCodeAndMessageOfItsCause() {
        Run run = run(new IllegalStateException("worker failed", new DataException("rows.jsonl:3: not JSON")));

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).isEqualToIgnoringNewLines("error: rows.jsonl:3: not JSON");
    }

    @Test
    void messageOfSeveralLinesIsPrintedAsOne() {
        Run run = run(new ConfigException("2 problems:\n  a: unknown key\n  b: unknown key\n"));

        assertThat(run.err()).isEqualToIgnoringNewLines("error: 2 problems: a: unknown key b: unknown key");
    }

    @Test
    void missingFileIsNamed() {
        Run run = run(new UncheckedIOException(new NoSuchFileException("weights.bin")));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("weights.bin");
    }

    @Test
    void stackTraceIsShownOnlyWhenVerbose() {
        assertThat(run(new DataException("bad row")).err()).doesNotContain("\tat ");
        assertThat(Run.of(commandLine(new DataException("bad row")), "fail", "--verbose")
                        .err())
                .startsWith("error: bad row")
                .contains("\tat ");
    }

    @Test
    void unknownCommandSuggestsTheNearestOne() {
        Run run = Run.mpo("docter");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("error: ").contains("'docter'").contains("doctor");
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void unknownOptionIsAUsageError() {
        Run run = Run.mpo("doctor", "--frobnicate");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("error: Unknown option: '--frobnicate'")
                .contains("mpo doctor --help");
    }

    @Test
    void missingCommandListsTheCommands() {
        Run run = Run.mpo();

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("error: Missing command: one of ").contains("doctor");
    }

    @Test
    void outOfMemoryTellsHowToGetMore() {
        java.io.StringWriter err = new java.io.StringWriter();

        int code = ErrorMapper.report(new OutOfMemoryError("Java heap space"), new java.io.PrintWriter(err), false);

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).startsWith("error: ").contains("MPO_JAVA_OPTS");
    }

    /** A process whose command is not reported as over would wait for it for minutes when it exits. */
    @Test
    void errorOfTheVirtualMachineIsReportedAndEndsTheCommand() {
        CommandLine command = Mpo.commandLine();
        command.addSubcommand(new Broken(command));
        Run run = Run.of(command, "broken");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith("error: internal: NoClassDefFoundError: a/Library");
        assertThat(Mpo.of(command).stopRequest().listens()).isFalse();
    }

    @Command(name = "broken")
    private static final class Broken implements Callable<Integer> {
        private final CommandLine root;

        Broken(CommandLine root) {
            this.root = root;
        }

        @Override
        public Integer call() {
            Mpo.of(root).stopRequest().listen();
            throw new NoClassDefFoundError("a/Library");
        }
    }

    private static Run run(RuntimeException failure) {
        return Run.of(commandLine(failure), "fail");
    }

    private static CommandLine commandLine(RuntimeException failure) {
        return Mpo.commandLine().addSubcommand(new Failing(failure));
    }

    @Command(name = "fail")
    private static final class Failing implements Callable<Integer> {
        private final RuntimeException failure;

        Failing(RuntimeException failure) {
            this.failure = failure;
        }

        @Override
        public Integer call() throws IOException {
            throw failure;
        }
    }
}
