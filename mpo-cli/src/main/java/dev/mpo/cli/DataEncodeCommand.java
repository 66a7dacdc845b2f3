package dev.mpo.cli;

import dev.mpo.core.config.ModelConfig;
import dev.mpo.data.pair.PairEncoder;
import dev.mpo.data.pair.PairWriter;
import dev.mpo.data.text.Tokenizer;
import dev.mpo.data.text.VocabularyFit;
import dev.mpo.train.config.RunConfig;
import dev.mpo.train.setup.PairData;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mpo data encode}: token ids, label spans and tile counts of every pair. */
@Command(
        name = "encode",
        description = "Writes what the model will see of every pair, one JSON object per line: token ids, label spans"
                + " ([start, end) of the trained tokens) and the number of tiles. Exit code 3 if rows cannot be used;"
                + " all others are written.")
final class DataEncodeCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli injects it before anything runs
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli creates it before anything runs
    private SettingsOptions settings;

    @Option(
            names = "--out",
            paramLabel = "FILE.jsonl",
            required = true,
            description = "File to write; replaced if it exists.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command line without it
    private Path out;

    @Override
    public Integer call() {
        RunConfig config = settings.load();
        Path folder = Path.of(Objects.requireNonNull(config.model().path()));
        ModelConfig model = ModelConfig.load(folder);
        Integer imageSize = config.model().imageSize();
        try (Tokenizer tokenizer = VocabularyFit.load(folder, model);
                PairData data =
                        PairData.open(config, imageSize == null ? model : model.withImageSize(imageSize), tokenizer);
                JobProgress progress = JobProgress.start(Mpo.of(spec.commandLine()), "encode", "row")) {
            PairEncoder encoder = data.encoder().withoutAugmentation().withoutPixels();
            print(PairWriter.writeAll(data.datasets(), encoder, out, progress::update));
        }
        return ExitCodes.OK;
    }

    private void print(PairWriter.Summary summary) {
        PrintWriter console = spec.commandLine().getOut();
        if (Mpo.of(spec.commandLine()).json()) {
            JsonOutput.print(console, summary);
            return;
        }
        console.printf(
                "%d pairs written to %s: %d tokens, %d tiles, longest sequence %d; %d cut, %d left out%n",
                summary.written(),
                out,
                summary.tokens(),
                summary.tiles(),
                summary.longestSequence(),
                summary.truncated(),
                summary.dropped());
        console.flush();
    }
}
