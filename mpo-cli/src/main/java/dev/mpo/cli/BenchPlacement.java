package dev.mpo.cli;

import dev.mpo.train.config.TrainSettings;
import dev.mpo.train.setup.Placement;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The option of benchmarks that says in which type to compute; the device is the one that training would take. */
final class BenchPlacement {

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            defaultValue = "auto",
            description = "Type of weights and activations, as train.precision: fp32, bf16, or auto.")
    private TrainSettings.Precision precision = TrainSettings.Precision.AUTO;

    Placement placement() {
        return Placement.of(precision);
    }

    /** Returns the value as it is written on the command line. */
    String name() {
        return precision.name().toLowerCase(Locale.ROOT);
    }
}
