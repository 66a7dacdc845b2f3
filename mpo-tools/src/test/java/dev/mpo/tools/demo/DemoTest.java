package dev.mpo.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mpo.core.ConfigException;
import dev.mpo.data.jsonl.PreferenceRow;
import dev.mpo.data.synth.SyntheticDataset;
import dev.mpo.train.metrics.StepMetrics;
import dev.mpo.train.score.ScoreSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {

    /** Writes down what it is told. */
    private static final class Witness implements DemoListener {
        private final List<String> seen = new ArrayList<>();

        @Override
        public void onPhase(DemoPhase phase) {
            seen.add(phase.name());
        }

        @Override
        public void onData(SyntheticDataset data, PreferenceRow example) {
            seen.add(data.trainPairs() + " pairs");
            assertThat(example.chosen()).isNotEqualTo(example.rejected());
        }

        @Override
        public void onModel(long numParameters) {
            seen.add("model");
            assertThat(numParameters).isBetween(100_000L, 1_000_000L);
        }

        @Override
        public void onStep(StepMetrics metrics) {
            seen.add("step " + metrics.step());
        }

        @Override
        public void onScored(DemoPhase phase, ScoreSummary scores) {
            seen.add(scores.pairs() + " scored");
        }
    }

    @Test
    void phasesComeInTheirOrder(@TempDir Path folder) {
        Witness witness = new Witness();
        DemoResult result = Demo.run(folder.resolve("demo"), new DemoOptions(3, 1, 100, 25), witness);

        assertThat(witness.seen)
                .containsExactly(
                        "DATA",
                        "100 pairs",
                        "MODEL",
                        "model",
                        "SCORE_BEFORE",
                        "25 scored",
                        "TRAIN",
                        "step 1",
                        "step 2",
                        "step 3",
                        "SCORE_AFTER",
                        "25 scored");
        assertThat(result.evaluation().before().margin()).isZero();
        assertThat(result.evaluation().after().margin()).isNotZero();
        assertThat(result.folder().report()).isRegularFile();
        assertThat(result.folder().recipe()).content().contains("max_steps: 3", "seed: 1");
    }

    @Test
    void aFolderWithFilesIsRefusedBeforeAnythingIsWritten(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("thesis.txt"), "mine");

        assertThatThrownBy(() -> Demo.run(folder, DemoOptions.defaults(), new Witness()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("new or empty");
        assertThat(folder).isDirectoryContaining("glob:**/thesis.txt");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void anEarlierDemoIsKept(@TempDir Path folder) throws IOException {
        Path name = folder.resolve("mpo-demo");
        assertThat(DemoFolder.unused(name)).isEqualTo(name);

        Files.createDirectories(name);
        assertThat(DemoFolder.unused(name)).isEqualTo(name);

        Files.writeString(name.resolve("file"), "x");
        assertThat(DemoFolder.unused(name)).isEqualTo(folder.resolve("mpo-demo-2"));
    }

    @Test
    void optionsOutOfRangeAreProgrammingErrors() {
        assertThatThrownBy(() -> new DemoOptions(0, 0, 100, 25)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DemoOptions(1, -1, 100, 25)).isInstanceOf(IllegalArgumentException.class);
    }
}
