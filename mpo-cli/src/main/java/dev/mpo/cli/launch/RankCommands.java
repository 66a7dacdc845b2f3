package dev.mpo.cli.launch;

import dev.mpo.core.ConfigException;
import dev.mpo.train.ranks.FailureReport;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * How the ranks of a run on this machine are started: by mpirun where they exchange tensors by MPI, one by one with
 * torchrun's variables where they do so by NCCL.
 *
 * @param numRanks the number of ranks
 * @param program the command line that each rank runs
 * @param environment the variables of this process
 * @param mpi whether mpirun starts them
 */
record RankCommands(int numRanks, List<String> program, Map<String, String> environment, boolean mpi) {

    /** Ranks watch the process of this number and end when it is gone. */
    static final String LAUNCHER_VARIABLE = "MPO_LAUNCHER_PID";

    private static final String THREADS = "OMP_NUM_THREADS";

    /** Variables that tell a process which rank of another run it is, or make mpirun look for a cluster. */
    private static final List<String> FOREIGN =
            List.of("SLURM_", "PMI_", "PMI2_", "PMIX_", "OMPI_COMM_WORLD_", "OMPI_UNIVERSE_", "TORCHELASTIC_");

    private static final List<String> TORCHRUN =
            List.of("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", "GROUP_RANK");

    RankCommands {
        program = List.copyOf(program);
        environment = Map.copyOf(environment);
    }

    /**
     * Starts all ranks.
     *
     * @param reports the folder for reports of failures
     * @throws ConfigException if mpirun is missing
     */
    List<RankProcess> start(Path reports, RankOutput output) throws IOException {
        if (mpi) {
            return List.of(RankProcess.start(mpirun(reports), OptionalInt.empty(), output));
        }
        int port = freePort();
        List<RankProcess> processes = new ArrayList<>();
        for (int rank = 0; rank < numRanks; rank++) {
            processes.add(RankProcess.start(single(rank, port, reports), OptionalInt.of(rank), output));
        }
        return processes;
    }

    private ProcessBuilder mpirun(Path reports) {
        String mpirun = find("mpirun")
                .orElseThrow(() -> new ConfigException("--devices " + numRanks
                        + ": several processes on CPUs are started by Open MPI's mpirun, and there is none in PATH:"
                        + " install it (Debian: apt-get install openmpi-bin; clusters: module load openmpi)"));
        List<String> command = new ArrayList<>();
        // Ctrl-C reaches all processes of a terminal's session; mpirun would kill the ranks before they have saved.
        find("setsid").ifPresent(command::add);
        command.addAll(List.of(mpirun, "-np", Integer.toString(numRanks), "--host", "localhost:" + numRanks));
        command.addAll(List.of("--bind-to", "none", "--tag-output"));
        command.addAll(program);
        ProcessBuilder builder = builder(command, reports);
        Map<String, String> variables = builder.environment();
        variables.putIfAbsent("OMPI_MCA_mpi_yield_when_idle", "1");
        if ("root".equals(System.getProperty("user.name"))) { // containers; mpirun refuses root without these
            variables.put("OMPI_ALLOW_RUN_AS_ROOT", "1");
            variables.put("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
        }
        return builder;
    }

    private ProcessBuilder single(int rank, int port, Path reports) {
        List<String> command = new ArrayList<>();
        find("setsid").ifPresent(command::add);
        command.addAll(program);
        ProcessBuilder builder = builder(command, reports);
        builder.environment()
                .putAll(Map.of(
                        "RANK", Integer.toString(rank),
                        "WORLD_SIZE", Integer.toString(numRanks),
                        "LOCAL_RANK", Integer.toString(rank),
                        "LOCAL_WORLD_SIZE", Integer.toString(numRanks),
                        "MASTER_ADDR", "127.0.0.1",
                        "MASTER_PORT", Integer.toString(port)));
        return builder;
    }

    private ProcessBuilder builder(List<String> command, Path reports) {
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> variables = builder.environment();
        variables.clear();
        variables.putAll(environment);
        variables
                .keySet()
                .removeIf(name -> TORCHRUN.contains(name) || FOREIGN.stream().anyMatch(name::startsWith));
        variables.put(FailureReport.FOLDER_VARIABLE, reports.toString());
        variables.put(LAUNCHER_VARIABLE, Long.toString(ProcessHandle.current().pid()));
        variables.putIfAbsent(THREADS, Integer.toString(threadsPerRank()));
        return builder;
    }

    /** Threads of all ranks together are as many as there are cores: more would wait for each other. */
    private int threadsPerRank() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / numRanks);
    }

    private Optional<String> find(String name) {
        return Stream.of(environment.getOrDefault("PATH", "").split(":", -1))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
