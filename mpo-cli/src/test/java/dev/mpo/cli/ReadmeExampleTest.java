package dev.mpo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mpo.data.synth.NanoCheckpoint;
import dev.mpo.data.synth.NanoModelConfig;
import dev.mpo.data.synth.SyntheticDataset;
import dev.mpo.train.Trainer;
import dev.mpo.train.callback.TrainingSummary;
import dev.mpo.train.config.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java example of the README, run, and compared with what the README shows. */
class ReadmeExampleTest {

    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    @Test
    void exampleTrainsAModel(@TempDir Path folder) {
        SyntheticDataset data =
                SyntheticDataset.write(folder.resolve("data"), new SyntheticDataset.Options(1, 100, 25, 112));
        NanoCheckpoint.write(folder.resolve("model"), NanoModelConfig.defaults(), data.texts(), 1);

        TrainingSummary summary = train(folder.resolve("model"), data.trainMeta(), folder.resolve("run"));

        assertThat(summary.steps()).isEqualTo(2);
        assertThat(summary.export()).isDirectory();
    }

    private static TrainingSummary train(Path model, Path meta, Path output) {
        // README
        RunConfig settings = RunConfig.defaults()
                .with("model.path=" + model, "data.meta=" + meta, "train.learning_rate=1e-6", "train.max_steps=2");
        TrainingSummary summary = Trainer.train(settings, output);
        // README
        return summary;
    }

    @Test
    void readmeShowsExactlyTheseLines() throws IOException {
        Path module = Path.of("").toAbsolutePath();
        String readme = Files.readString(module.resolveSibling("README.md"));
        Matcher block = JAVA_BLOCK.matcher(readme);

        assertThat(block.find()).isTrue();
        assertThat(block.group(1)).contains(linesBetweenMarkers(module));
    }

    private static String linesBetweenMarkers(Path module) throws IOException {
        List<String> source =
                Files.readAllLines(module.resolve("src/test/java/dev/mpo/cli").resolve("ReadmeExampleTest.java"));
        int first = source.indexOf("        // README");
        int last = source.lastIndexOf("        // README");
        return source.subList(first + 1, last).stream()
                .map(line -> line.substring("        ".length()))
                .collect(Collectors.joining("\n"));
    }
}
