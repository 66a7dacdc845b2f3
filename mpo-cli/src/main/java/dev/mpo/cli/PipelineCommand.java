package dev.mpo.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mpo pipeline}: the group of commands that make preference data. */
@Command(
        name = "pipeline",
        description = "Makes preference data.",
        subcommands = {PipelineCorrectnessCommand.class, PipelinePairsCommand.class, PipelineDropoutCommand.class})
final class PipelineCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "Missing command: one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
