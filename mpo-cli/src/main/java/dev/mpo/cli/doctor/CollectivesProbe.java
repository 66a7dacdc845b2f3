package dev.mpo.cli.doctor;

import dev.mpo.cli.doctor.AcceleratorProbe.Accelerators;
import dev.mpo.cli.doctor.EngineProbe.Engine;
import dev.mpo.core.ConfigException;
import dev.mpo.train.ranks.LibraryVersions;
import dev.mpo.train.ranks.Ranks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** Finds out how several processes of a run would exchange tensors on this machine. */
public final class CollectivesProbe {

    private CollectivesProbe() {}

    /**
     * How several processes would exchange tensors.
     *
     * @param used nccl, mpi, or none if what they need is missing
     * @param nccl version of NCCL; empty if it cannot be loaded
     * @param mpi name and version of the MPI library; empty if it cannot be loaded
     * @param mpirun path of the program that starts processes; empty if it is missing
     * @param ranks what a launcher's variables say about this process
     */
    public record Choice(String used, String nccl, String mpi, String mpirun, String ranks) {}

    /** Loads the libraries, starting nothing, and chooses as training would. */
    static Choice probe(Map<String, String> environment, Engine engine, Accelerators accelerators) {
        boolean gpu = engine.supportsCuda() && engine.accelerators() > 0;
        String nccl = accelerators.present() || gpu
                ? LibraryVersions.nccl(environment).orElse("")
                : "";
        String mpi = LibraryVersions.mpi().orElse("");
        String mpirun = Stream.of(environment.getOrDefault("PATH", "").split(":", -1))
                .map(folder -> Path.of(folder, "mpirun"))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse("");
        return new Choice(choose(gpu, nccl, mpi), nccl, mpi, mpirun, ranks(environment));
    }

    static String choose(boolean gpu, String nccl, String mpi) {
        if (gpu) {
            return nccl.isEmpty() ? "none" : "nccl";
        }
        return mpi.isEmpty() ? "none" : "mpi";
    }

    private static String ranks(Map<String, String> environment) {
        try {
            Ranks ranks = Ranks.discover(environment);
            return ranks.size() == 1
                    ? "no launcher"
                    : "rank " + ranks.rank() + " of " + ranks.size() + ", " + ranks.localRank() + " of "
                            + ranks.localSize() + " on this machine";
        } catch (ConfigException e) {
            return "contradictory: " + e.getMessage();
        }
    }
}
