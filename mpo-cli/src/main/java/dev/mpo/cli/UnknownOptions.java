package dev.mpo.cli;

import dev.mpo.train.config.NearestName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Names a mistyped option. The parser complains about a missing option first, and a user who typed {@code --modle} is
 * told that {@code --model} is missing.
 */
final class UnknownOptions {

    private UnknownOptions() {}

    /** Returns a sentence about the first argument that looks like an option and is none of the command's. */
    static Optional<String> first(CommandSpec command, List<String> arguments) {
        Set<String> known = new TreeSet<>();
        for (OptionSpec option : command.options()) {
            known.addAll(List.of(option.names()));
        }
        return arguments.stream()
                .takeWhile(argument -> !argument.equals("--"))
                .filter(argument -> argument.startsWith("--"))
                .map(argument -> argument.replaceFirst("=.*", ""))
                .filter(name -> !known.contains(name))
                .findFirst()
                .map(name -> "Unknown option: '" + name + "'." + suggestion(name, known));
    }

    private static String suggestion(String name, Collection<String> known) {
        return NearestName.near(name, known)
                .map(near -> " Did you mean: " + near + "?")
                .orElse("");
    }
}
