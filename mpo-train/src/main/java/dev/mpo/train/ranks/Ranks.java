package dev.mpo.train.ranks;

import dev.mpo.core.ConfigException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which of a run's processes this one is.
 *
 * @param rank the number of this process, from 0
 * @param size the number of processes
 * @param localRank the number of this process among those of its machine, from 0: the device that it drives
 * @param localSize the number of processes on this machine
 */
public record Ranks(int rank, int size, int localRank, int localSize) {

    private static final Ranks SINGLE = new Ranks(0, 1, 0, 1);

    /** Checks that the numbers agree with each other. */
    public Ranks {
        if (rank < 0 || rank >= size || localRank < 0 || localRank >= localSize || localSize > size) {
            throw new IllegalArgumentException(
                    "rank " + rank + " of " + size + ", " + localRank + " of " + localSize + " on this machine");
        }
    }

    /** The only process of a run on one device. */
    public static Ranks single() {
        return SINGLE;
    }

    /**
     * Finds out which process this is from the variables that launchers set, the innermost launcher first: torchrun
     * ({@code RANK}, {@code WORLD_SIZE}, {@code LOCAL_RANK}, {@code LOCAL_WORLD_SIZE}), Open MPI's mpirun
     * ({@code OMPI_COMM_WORLD_*}), and Slurm's srun ({@code SLURM_PROCID} with {@code SLURM_STEP_NUM_TASKS}, which
     * sbatch alone does not set). Without any of them the process is the only one.
     *
     * @param environment the variables of the process
     * @throws ConfigException naming the variables if some are missing, are no numbers, or contradict each other
     */
    public static Ranks discover(Map<String, String> environment) {
        Optional<Ranks> torchrun = new Variables(environment, "RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
                .ranks(environment.getOrDefault("LOCAL_WORLD_SIZE", ""));
        Optional<Ranks> mpirun = new Variables(
                        environment,
                        "OMPI_COMM_WORLD_RANK",
                        "OMPI_COMM_WORLD_SIZE",
                        "OMPI_COMM_WORLD_LOCAL_RANK",
                        "OMPI_COMM_WORLD_LOCAL_SIZE")
                .ranks(environment.getOrDefault("OMPI_COMM_WORLD_LOCAL_SIZE", ""));
        if (torchrun.isPresent() && mpirun.isPresent()) {
            requireAgreement(environment, torchrun.orElseThrow(), mpirun.orElseThrow());
        }
        return torchrun.or(() -> mpirun).or(() -> slurm(environment)).orElse(SINGLE);
    }

    /** True for the process that reports, writes what all ranks share, and shows progress. */
    public boolean isFirst() {
        return rank == 0;
    }

    // torchrun under mpirun starts processes of its own; without it, one of the two sets is left over from elsewhere.
    private static void requireAgreement(Map<String, String> environment, Ranks torchrun, Ranks mpirun) {
        boolean same = torchrun.rank == mpirun.rank && torchrun.size == mpirun.size;
        if (!same && !environment.containsKey("TORCHELASTIC_RUN_ID")) {
            throw new ConfigException("RANK and WORLD_SIZE say rank " + torchrun.rank + " of " + torchrun.size
                    + ", OMPI_COMM_WORLD_RANK and OMPI_COMM_WORLD_SIZE say rank " + mpirun.rank + " of " + mpirun.size
                    + ": unset the variables of the launcher that did not start this process");
        }
    }

    private static Optional<Ranks> slurm(Map<String, String> environment) {
        if (!environment.containsKey("SLURM_STEP_NUM_TASKS")) {
            return Optional.empty();
        }
        return new Variables(environment, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID", "SLURM_NODEID")
                .ranks(tasksOnThisNode(environment));
    }

    /** Reads {@code SLURM_STEP_TASKS_PER_NODE}, such as {@code 8(x3),4}, at the place of this node. */
    private static String tasksOnThisNode(Map<String, String> environment) {
        String counts = environment.getOrDefault("SLURM_STEP_TASKS_PER_NODE", "");
        List<String> perNode = new ArrayList<>();
        for (String count : counts.split(",", -1)) {
            String[] parts = count.split("\\(x|\\)", -1);
            int nodes = parts.length > 1 && parts[1].matches("\\d{1,6}") ? Integer.parseInt(parts[1]) : 1;
            for (int i = 0; i < nodes; i++) {
                perNode.add(parts[0]);
            }
        }
        String node = environment.getOrDefault("SLURM_NODEID", "0");
        int index = node.matches("\\d{1,6}") ? Integer.parseInt(node) : 0;
        if (index < perNode.size() && perNode.get(index).matches("\\d{1,6}")) {
            return perNode.get(index);
        }
        throw new ConfigException("SLURM_STEP_TASKS_PER_NODE=" + counts + " says nothing about SLURM_NODEID=" + node);
    }

    /** The variables of one launcher. */
    private record Variables(Map<String, String> environment, List<String> names) {

        Variables(Map<String, String> environment, String... names) {
            this(environment, Arrays.asList(names));
        }

        /** Empty if rank and size are both unknown. */
        Optional<Ranks> ranks(String localSize) {
            if (!environment.containsKey(names.get(0)) && !environment.containsKey(names.get(1))) {
                return Optional.empty();
            }
            List<String> missing = names.stream()
                    .filter(name -> !environment.containsKey(name))
                    .toList();
            if (!missing.isEmpty()) {
                throw new ConfigException("the environment says that this is one of several processes, but lacks "
                        + String.join(", ", missing) + " (" + given() + "): set all of them, or none");
            }
            try {
                return Optional.of(new Ranks(number(value(0)), number(value(1)), number(value(2)), number(localSize)));
            } catch (IllegalArgumentException e) {
                throw new ConfigException(
                        "expected numbers with rank < size, got " + given()
                                + ": unset these variables if they are left over from elsewhere",
                        e);
            }
        }

        private String value(int index) {
            return environment.getOrDefault(names.get(index), "");
        }

        private static int number(String value) {
            return Integer.parseInt(value.strip());
        }

        private String given() {
            return String.join(
                    ", ",
                    names.stream()
                            .filter(environment::containsKey)
                            .map(name -> name + "=" + environment.get(name))
                            .toList());
        }
    }
}
