package dev.mpo.train.ranks;

import dev.mpo.core.ConfigException;
import dev.mpo.core.RankFailedException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where ranks meet that have no other connection yet: at the first one, by {@code MASTER_ADDR} and {@code MASTER_PORT},
 * which torchrun and {@code --devices} set; under srun at the first machine of the job, by a port that follows from the
 * number of the job.
 *
 * @param host the machine of the first rank
 * @param port where it listens
 */
record Rendezvous(String host, int port) {

    private static final int LOWEST_PORT = 20_000;
    private static final int PORTS = 12_000; // below those that systems give to outgoing connections
    private static final Pattern FIRST_NODE = Pattern.compile("^([^,\\[]+)(?:\\[(\\d+)[^\\]]*\\]([^,\\[]*))?");

    /**
     * Reads the place from the variables of a launcher.
     *
     * @throws ConfigException naming what is missing
     */
    static Rendezvous of(Map<String, String> environment) {
        String host = environment.get("MASTER_ADDR");
        String port = environment.get("MASTER_PORT");
        String job = environment.get("SLURM_JOB_ID");
        if (host == null) {
            String nodes =
                    environment.getOrDefault("SLURM_STEP_NODELIST", environment.getOrDefault("SLURM_JOB_NODELIST", ""));
            host = firstNode(nodes);
        }
        if (host == null) {
            throw new ConfigException(
                    "several CUDA devices need a place to meet: set MASTER_ADDR to the machine of rank 0"
                            + " and MASTER_PORT to a free port there, as torchrun and --devices do");
        }
        if (port == null && job != null && job.matches("\\d{1,18}")) {
            return new Rendezvous(host, LOWEST_PORT + (int) (Long.parseLong(job) % PORTS));
        }
        if (port == null || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 0xFFFE) {
            throw new ConfigException("MASTER_PORT: expected the number of a free port on " + host + ", got "
                    + (port == null ? "nothing" : port));
        }
        // torchrun's own store listens at the port that it tells.
        boolean taken = "True".equalsIgnoreCase(environment.get("TORCHELASTIC_USE_AGENT_STORE"));
        return new Rendezvous(host, Integer.parseInt(port) + (taken ? 1 : 0));
    }

    /** Returns the first machine of a list such as {@code gpu[03-07,12],login1}, or null if there is none. */
    static @Nullable String firstNode(String nodes) {
        Matcher first = FIRST_NODE.matcher(nodes.strip());
        if (!first.find()) {
            return null;
        }
        String number = first.group(2);
        return number == null ? first.group(1) : first.group(1) + number + first.group(3);
    }

    /**
     * Brings all ranks together.
     *
     * @param content what the first rank gives to all, made there alone
     * @throws RankFailedException naming the ranks that did not come, or where the first one was looked for
     */
    RankWatch meet(RankWatch.Self self, Supplier<byte[]> content, Duration patience, WaitLimits limits) {
        long token = Objects.hash("mpo", port, self.ranks().size());
        try {
            if (!self.ranks().isFirst()) {
                InetSocketAddress place = InetSocketAddress.createUnresolved(host, port);
                return RankWatch.join(self, List.of(place), token, patience, limits);
            }
            ServerSocket server = new ServerSocket(port, self.ranks().size());
            return RankWatch.host(self, server, token, content.get(), patience, limits);
        } catch (IOException e) {
            throw new RankFailedException(
                    "rank " + self.ranks().rank() + " cannot meet the others at MASTER_ADDR:MASTER_PORT " + host + ":"
                            + port + ": " + e.getMessage() + "; choose a free port that every machine can reach",
                    2,
                    e);
        }
    }
}
