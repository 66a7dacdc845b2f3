package dev.mpo.cli;

import dev.mpo.core.ConfigException;
import dev.mpo.tools.report.DataPreviewPage;
import dev.mpo.train.config.RunConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mpo data preview}: a page that shows some pairs with their tiles. */
@Command(
        name = "preview",
        description =
                "Writes a page that shows pairs of a meta file, spread evenly over all rows: question, answers, and"
                        + " images cut into tiles. With --model the tiles are that model's and lengths are told in tokens;"
                        + " without it they are those of the published models (448 pixels, thumbnail).")
final class DataPreviewCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli creates it before anything runs
    private SettingsOptions settings;

    @Parameters(paramLabel = "META", arity = "0..*", description = "Meta files (JSON); in place of --meta.")
    private List<String> meta = new ArrayList<>();

    @Option(names = "--n", paramLabel = "N", defaultValue = "20", description = "How many pairs to show.")
    private int count;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            defaultValue = "preview.html",
            description = "Page to write; replaced if it exists.")
    @SuppressWarnings("NullAway.Init") // picocli fills in the default
    private Path html;

    /** The result for programs. */
    private record Result(int pairs, String html) {}

    @Override
    public Integer call() {
        if (count < 1) {
            throw new ConfigException("--n: expected at least 1, got " + count);
        }
        RunConfig config = settings.loadForData(meta);
        int shown;
        try (DataInput input = DataInput.open(config)) {
            DataInput.Encoding encoding = input.encoding();
            shown = DataPreviewPage.write(
                    html,
                    input.title(),
                    input.datasets(),
                    input.options(),
                    encoding == null ? null : encoding.encoder(),
                    count);
        }
        PrintWriter console = spec.commandLine().getOut();
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(console, new Result(shown, html.toString()));
        } else {
            console.println(shown + " pairs: " + html);
            console.flush();
        }
        return ExitCodes.OK;
    }
}
