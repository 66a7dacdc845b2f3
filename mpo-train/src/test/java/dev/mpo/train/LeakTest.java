package dev.mpo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.mpo.core.tensor.Scope;
import dev.mpo.train.callback.Callback;
import dev.mpo.train.metrics.StepMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Memory over many steps of random lengths: no tensor is left behind, and the process does not grow. */
class LeakTest {

    private static final int WARM_UP = 60;
    private static final int NUM_ENDS = 10;
    private static final long MAX_GROWTH = 24L << 20;
    private static final Path STATUS = Path.of("/proc/self/status");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"none, 300", "full, 100"})
    void memoryIsFlatOverStepsOfRandomLengths(String recompute, int steps) {
        assumeThat(STATUS).as("this system does not tell a process's memory").exists();
        NanoRun run = NanoRun.create(folder);
        run.onlyRows(rows(120));
        Watch watch = new Watch(WARM_UP + steps);
        long before = Scope.numLiveTensors();
        Trainer.train(
                run.config(
                        "data.shuffle=true",
                        "train.max_steps=" + (WARM_UP + steps),
                        "train.per_device_batch_size=1",
                        "train.recompute=" + recompute,
                        "model.drop_path_rate=0.2"),
                folder.resolve("out"),
                watch);
        assertThat(Scope.numLiveTensors()).as("tensors after the run").isEqualTo(before);
        assertThat(watch.tensors).as("tensors after each step").containsOnly(watch.tensors.get(0));
        long start = Collections.min(watch.memory.subList(0, NUM_ENDS));
        long end = Collections.min(watch.memory.subList(NUM_ENDS, 2 * NUM_ENDS));
        assertThat((end - start) >> 20)
                .as("growth of the resident memory in MiB, from " + (start >> 20) + " MiB")
                .isLessThan(MAX_GROWTH >> 20);
    }

    /** Rows of one to 150 words and no, one or two images, so that almost every step has a length of its own. */
    private static String[] rows(int count) {
        Random random = new Random(5);
        String[] rows = new String[count];
        for (int i = 0; i < count; i++) {
            String image = switch (i % 3) {
                case 0 -> "";
                case 1 -> "\"image\": \"single%d_0.png\", ".formatted(random.nextInt(4));
                default ->
                    "\"image\": [\"multi%d_0.png\", \"multi%d_1.png\"], "
                            .formatted(random.nextInt(4), random.nextInt(4));
            };
            String markers = i % 3 == 2 ? "<image><image>" : "";
            rows[i] = "{%s\"question\": \"%s\", \"chosen\": \"%s\", \"rejected\": \"%s\"}"
                    .formatted(
                            image,
                            markers + NanoRun.sentence(1 + random.nextInt(40), random),
                            NanoRun.sentence(1 + random.nextInt(150), random),
                            NanoRun.sentence(1 + random.nextInt(150), random));
        }
        return rows;
    }

    /**
     * Notes the number of tensors after each step that follows the warm-up, and the resident memory after the first and
     * the last of them. Garbage on the heap comes and goes, so that it is collected before; the collector may hand
     * memory back a little later, so that the least of several steps counts.
     */
    private static final class Watch implements Callback {
        private final int lastStep;
        private final List<Long> tensors = new ArrayList<>();
        private final List<Long> memory = new ArrayList<>();

        Watch(int lastStep) {
            this.lastStep = lastStep;
        }

        @Override
        public void onStep(StepMetrics metrics) {
            if (metrics.step() > WARM_UP) {
                tensors.add(Scope.numLiveTensors());
                if (metrics.step() <= WARM_UP + NUM_ENDS || metrics.step() > lastStep - NUM_ENDS) {
                    System.gc();
                    memory.add(residentBytes());
                }
            }
        }

        private static long residentBytes() {
            try {
                for (String line : Files.readAllLines(STATUS, StandardCharsets.US_ASCII)) {
                    if (line.startsWith("VmRSS:")) {
                        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                    }
                }
                throw new IllegalStateException("no VmRSS in " + STATUS);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
