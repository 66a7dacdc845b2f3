package dev.mpo.train.ranks;

import dev.mpo.core.RankFailedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the ranks' watch together over collectives that work already: the first rank tells everyone where it listens.
 * Where a firewall keeps ranks from reaching it, the run goes on without.
 */
final class WatchMeeting {

    private static final Logger LOG = LoggerFactory.getLogger(WatchMeeting.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private WatchMeeting() {}

    /** Starts the watch on every rank, or on none. */
    static Optional<RankWatch> over(Collectives collectives, RankWatch.Self self, WaitLimits limits) {
        RankWatch watch = null;
        try {
            watch = collectives.ranks().isFirst() ? host(collectives, self, limits) : join(collectives, self, limits);
        } catch (IOException | RankFailedException e) {
            LOG.warn("the ranks cannot watch each other; only waiting tells of a rank that hangs: {}", e.getMessage());
        }
        double joined = collectives.allReduceSum(new double[] {watch == null ? 0 : 1})[0];
        if (watch != null && joined < collectives.size()) {
            watch.close();
            return Optional.empty();
        }
        return Optional.ofNullable(watch);
    }

    private static RankWatch host(Collectives collectives, RankWatch.Self self, WaitLimits limits) throws IOException {
        ServerSocket server;
        String invitation;
        long token = new SecureRandom().nextLong();
        try {
            server = new ServerSocket(0, collectives.size());
            boolean oneMachine = collectives.ranks().localSize() == collectives.size();
            String addresses = oneMachine ? "127.0.0.1" : String.join(",", addresses());
            invitation = token + " " + server.getLocalPort() + " " + addresses;
        } catch (IOException e) {
            collectives.broadcast(new byte[0], 0); // the others wait for it
            throw e;
        }
        collectives.broadcast(invitation.getBytes(StandardCharsets.UTF_8), 0);
        return RankWatch.host(self, server, token, new byte[0], PATIENCE, limits);
    }

    private static RankWatch join(Collectives collectives, RankWatch.Self self, WaitLimits limits) throws IOException {
        String invitation = new String(collectives.broadcast(new byte[0], 0), StandardCharsets.UTF_8);
        if (invitation.isEmpty()) {
            throw new IOException("rank 0 cannot listen");
        }
        String[] parts = invitation.split(" ", -1);
        int port = Integer.parseInt(parts[1]);
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (String address : parts[2].split(",", -1)) {
            addresses.add(InetSocketAddress.createUnresolved(address, port));
        }
        return RankWatch.join(self, addresses, Long.parseLong(parts[0]), PATIENCE, limits);
    }

    /** Names and numbers of this machine, those of its fast networks included. */
    private static Set<String> addresses() throws IOException {
        Set<String> all = new LinkedHashSet<>();
        all.add(InetAddress.getLocalHost().getHostName());
        try {
            for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                if (each.isUp() && !each.isLoopback()) {
                    Collections.list(each.getInetAddresses()).stream()
                            .filter(address -> !address.isLinkLocalAddress())
                            .forEach(address -> all.add(address.getHostAddress()));
                }
            }
        } catch (SocketException e) {
            LOG.debug("the network interfaces cannot be listed: {}", e.toString());
        }
        return all;
    }
}
