package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MpoTest {

    @Test
    void helpListsCommandsAndExitCodes() {
        Run run = Run.mpo("--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("doctor", "130", "training diverged");
    }

    @Test
    void helpOfACommandIsThere() {
        Run run = Run.mpo("help", "train");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("--from-script", "--resume");
    }

    @Test
    void aMistypedOptionIsNamedBeforeAMissingOne() {
        Run run = Run.mpo("train", "--modle", "m", "--meta", "d.json", "--ouput", "o");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("'--modle'", "Did you mean: --model?").doesNotContain("Missing");
    }

    @Test
    void versionIsTheOneOfTheBuild() {
        Run run = Run.mpo("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).containsPattern("mpo \\d+\\.\\d+").doesNotContain("${");
    }

    @Test
    void everyCommandExplainsItselfAndAcceptsTheSharedOptions() {
        Deque<CommandLine> open = new ArrayDeque<>();
        open.add(Mpo.commandLine());
        int seen = 0;
        while (!open.isEmpty()) {
            CommandLine command = open.remove();
            open.addAll(command.getSubcommands().values());
            seen++;
            assertThat(command.getUsageMessage())
                    .as(command.getCommandSpec().qualifiedName())
                    .contains("--help", "--json", "--verbose", "--quiet");
            assertThat(command.getCommandSpec().usageMessage().description())
                    .as(command.getCommandSpec().qualifiedName())
                    .isNotEmpty();
        }
        assertThat(seen).isGreaterThanOrEqualTo(2);
    }
}
