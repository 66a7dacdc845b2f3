package dev.mpo.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a run has written into its folder. */
final class RunFiles {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> CIRCUMSTANCES = Set.of("step_seconds", "data_seconds", "peak_memory_bytes");

    private RunFiles() {}

    /** Returns the recorded numbers of each step, without those that differ from run to run. */
    static List<ObjectNode> computed(Path output) throws IOException {
        List<ObjectNode> steps = new ArrayList<>();
        for (String line : Files.readAllLines(output.resolve("metrics.jsonl"))) {
            ObjectNode step = (ObjectNode) JSON.readTree(line);
            step.remove(CIRCUMSTANCES);
            steps.add(step);
        }
        return steps;
    }

    /** Waits until a run has recorded so many steps, or has ended. */
    static void awaitSteps(Process run, Path output, int steps) throws IOException, InterruptedException {
        Path metrics = output.resolve("metrics.jsonl");
        while (run.isAlive()
                && (!Files.exists(metrics) || Files.readAllLines(metrics).size() < steps)) {
            Thread.sleep(5);
        }
    }
}
