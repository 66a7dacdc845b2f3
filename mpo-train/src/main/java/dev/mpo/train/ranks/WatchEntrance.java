package dev.mpo.train.ranks;

import dev.mpo.core.RankFailedException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * How the ranks of a run come together for their watch: each connects to the first one, shows the number that only
 * ranks of this run know, and is given what the first one has for everyone.
 */
final class WatchEntrance {

    private static final int CONNECT_MILLIS = 5000;
    private static final int ACCEPT_SLICE_MILLIS = 500;

    private WatchEntrance() {}

    /** A connection to the first rank, with what it gave. */
    record Joined(WatchLink link, byte[] content) {}

    /**
     * On the first rank: waits until every other one has come, and returns the connections.
     *
     * @param server where they come to; closed by this call
     * @param content what each of them is given
     * @param patience how long to wait for them
     * @throws RankFailedException naming the ranks that did not come
     */
    static List<WatchLink> admitAll(Ranks ranks, ServerSocket server, long token, byte[] content, Duration patience) {
        Map<Integer, WatchLink> links = new HashMap<>();
        long deadline = System.nanoTime() + patience.toNanos();
        try (server) {
            server.setSoTimeout(ACCEPT_SLICE_MILLIS);
            while (links.size() < ranks.size() - 1) {
                if (System.nanoTime() > deadline) {
                    throw new RankFailedException(
                            "after " + patience.toSeconds() + " s these ranks have not come: " + missing(ranks, links)
                                    + "; see their own output for the reason",
                            1);
                }
                admit(server, token, content, ranks.size(), links);
            }
        } catch (IOException e) {
            throw new RankFailedException("the ranks cannot meet: " + e.getMessage(), 1, e);
        }
        return new ArrayList<>(links.values());
    }

    private static void admit(ServerSocket server, long token, byte[] content, int size, Map<Integer, WatchLink> links)
            throws IOException {
        Socket socket;
        try {
            socket = server.accept();
        } catch (SocketTimeoutException nobody) {
            return;
        }
        try {
            socket.setSoTimeout(CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            DataInputStream in = WatchLink.input(socket);
            DataOutputStream out = WatchLink.output(socket);
            boolean known = WatchMessage.read(in) instanceof WatchMessage.Join join
                    && join.token() == token
                    && join.rank() > 0
                    && join.rank() < size
                    && links.putIfAbsent(join.rank(), new WatchLink(socket, in, out, join.rank(), join.name())) == null;
            if (!known) {
                socket.close(); // another program, or a rank of another run
                return;
            }
            new WatchMessage.Welcome(HexFormat.of().formatHex(content)).write(out);
        } catch (IOException e) {
            socket.close();
        }
    }

    private static List<Integer> missing(Ranks ranks, Map<Integer, WatchLink> links) {
        List<Integer> missing = new ArrayList<>();
        for (int rank = 1; rank < ranks.size(); rank++) {
            if (!links.containsKey(rank)) {
                missing.add(rank);
            }
        }
        return missing;
    }

    /**
     * On every other rank: goes to the first one.
     *
     * @param addresses where it may be; the first that answers is taken
     * @param patience how long to try
     * @throws IOException if it cannot be reached
     */
    static Joined join(int rank, List<InetSocketAddress> addresses, long token, Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        IOException last = new IOException("no address to go to");
        do {
            for (InetSocketAddress address : addresses) {
                try {
                    return join(rank, address, token);
                } catch (IOException e) {
                    last = e;
                }
            }
            RankWatch.sleep(ACCEPT_SLICE_MILLIS);
        } while (System.nanoTime() < deadline);
        throw new IOException("rank 0 cannot be reached at " + addresses + ": " + last.getMessage(), last);
    }

    private static Joined join(int rank, InetSocketAddress address, long token) throws IOException {
        IOException last = new IOException(address + " has no number");
        for (InetAddress number : InetAddress.getAllByName(address.getHostString())) {
            try {
                return connect(rank, new InetSocketAddress(number, address.getPort()), token);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private static Joined connect(int rank, InetSocketAddress address, long token) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, CONNECT_MILLIS);
            socket.setSoTimeout(CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            DataInputStream in = WatchLink.input(socket);
            DataOutputStream out = WatchLink.output(socket);
            new WatchMessage.Join(token, rank, processName()).write(out);
            if (!(WatchMessage.read(in) instanceof WatchMessage.Welcome welcome)) {
                throw new IOException("no welcome from " + address);
            }
            return new Joined(
                    new WatchLink(socket, in, out, 0, address.getHostString()),
                    HexFormat.of().parseHex(welcome.content()));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** The machine and the number of this process. */
    static String processName() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "a machine without a name";
        }
        return host + ", process " + ProcessHandle.current().pid();
    }
}
