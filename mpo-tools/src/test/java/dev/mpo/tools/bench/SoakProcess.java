package dev.mpo.tools.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.train.config.TrainSettings;
import dev.mpo.train.setup.Placement;
import java.io.IOException;

/** A process that trains on small micro-batches of random shapes and prints what became of its memory. */
final class SoakProcess {

    private SoakProcess() {}

    /** Argument: the number of micro-batches. */
    public static void main(String[] args) throws IOException {
        MemorySoak.Limits limits = new MemorySoak.Limits(1, 20, 12);
        MemorySoak.Report report = MemorySoak.run(
                "nano", Integer.parseInt(args[0]), limits, Placement.of(TrainSettings.Precision.FP32), 1, done -> {});
        System.out.println(new ObjectMapper().writeValueAsString(report));
    }
}
