package dev.mpo.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root command {@code mpo}: the options that every command shares, and the list of commands. */
@Command(
        name = "mpo",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        sortOptions = false,
        showDefaultValues = true,
        usageHelpAutoWidth = true,
        description = "Mixed Preference Optimization of vision-language models.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:success",
            "1:internal error",
            "2:wrong usage or configuration",
            "3:data that cannot be used",
            "4:model or checkpoint that cannot be used",
            "5:training diverged",
            "130:interrupted, state saved"
        },
        subcommands = {
            DemoCommand.class,
            TrainCommand.class,
            ScoreCommand.class,
            EvalCommand.class,
            GenerateCommand.class,
            ChatCommand.class,
            ExportCommand.class,
            ConvertCommand.class,
            DataCommand.class,
            ReportCommand.class,
            PipelineCommand.class,
            BenchCommand.class,
            PlanCommand.class,
            DoctorCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Mpo implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Log details (shapes, memory) and show stack traces of failures.")
    private boolean verbose;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Log warnings and errors only, and draw no progress bar.")
    private boolean quiet;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print the result as one JSON object on standard output.")
    private boolean json;

    private final StopRequest stopRequest = new StopRequest();

    /** Creates the command line with its error handling; {@code execute} returns the exit code. */
    public static CommandLine commandLine() {
        ErrorMapper errors = new ErrorMapper();
        return new CommandLine(new Mpo())
                .setExecutionExceptionHandler(errors)
                .setParameterExceptionHandler(errors)
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false)
                .setExecutionStrategy(parsed -> {
                    Mpo mpo = of(parsed.commandSpec().commandLine());
                    Logging.setLevel(mpo.verbose, mpo.quiet);
                    return new CommandLine.RunLast().execute(parsed);
                });
    }

    /** Runs one command and returns its exit code; a process that was asked to end meanwhile ends here. */
    static int run(CommandLine commandLine, String... arguments) {
        Mpo mpo = of(commandLine);
        int exitCode;
        try {
            exitCode = commandLine.execute(arguments);
        } catch (Error failure) { // picocli hands these on; the process must not wait for the command all the same
            exitCode = ErrorMapper.report(failure, commandLine.getErr(), mpo.verbose());
        }
        mpo.stopRequest.finish(exitCode);
        return exitCode;
    }

    /** The root command that a command belongs to; it holds the shared options. */
    static Mpo of(CommandLine command) {
        return (Mpo) command.getCommandSpec().root().userObject();
    }

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "Missing command: one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }

    /** What a long job asks whether it should save its state and end. */
    StopRequest stopRequest() {
        return stopRequest;
    }

    /** True if details and stack traces are wanted. */
    boolean verbose() {
        return verbose;
    }

    /** True if only warnings, errors and the result are wanted. */
    boolean quiet() {
        return quiet;
    }

    /** True if the result is wanted as one JSON object. */
    boolean json() {
        return json;
    }
}
