package dev.mpo.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mpo data}: the group of commands that show what becomes of the data. */
@Command(
        name = "data",
        description = "Shows what becomes of the data before the model sees it.",
        subcommands = {
            DataCheckCommand.class,
            DataStatsCommand.class,
            DataIndexCommand.class,
            DataPreviewCommand.class,
            DataEncodeCommand.class,
            DataTilesCommand.class,
            DataPrepareCommand.class
        })
final class DataCommand implements Callable<Integer> {

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
