package dev.mpo.train.dist;

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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Watches over the processes of a run, beside the exchange of tensors, so that one that dies, fails or hangs ends the
 * run at once and is named.
 *
 * <p>Every rank has one connection to the first rank and says every second that it lives. A connection that ends tells
 * of a death, silence of a process that is stopped or a machine that is gone, and an operation in which ranks wait too
 * long of a rank that is busy with something else; that one is asked what. A rank that fails by itself tells why. The
 * first rank hands everything on, and all end with the same error.
 */
final class RankWatch implements WatchLink.Listener, AutoCloseable {

    private static final int CONNECT_MILLIS = 5000;
    private static final int ACCEPT_SLICE_MILLIS = 500;
    private static final long BEAT_MILLIS = 1000;
    private static final long ANSWER_MILLIS = 2000;
    private static final long DELIVERY_MILLIS = 200;

    /**
     * What a rank tells about itself and does with a failure.
     *
     * @param ranks the place of this process
     * @param arrived how many operations it has come to
     * @param where what it is doing, for people
     * @param onFailure ends this process
     */
    record Self(Ranks ranks, LongSupplier arrived, Supplier<String> where, Consumer<WatchMessage.Failed> onFailure) {}

    private final Self self;
    private final Duration silence;
    private final List<WatchLink> links;
    private final byte[] content;
    private final Map<Integer, String> answers = new ConcurrentHashMap<>();
    private final AtomicBoolean failed = new AtomicBoolean();
    private volatile boolean closed;

    private RankWatch(Self self, Duration silence, List<WatchLink> links, byte[] content) {
        this.self = self;
        this.silence = silence;
        this.links = List.copyOf(links);
        this.content = content;
    }

    /**
     * On the first rank: waits until every other one has come.
     *
     * @param server where they come to; closed by this call
     * @param token a number that only ranks of this run know
     * @param content what each of them is given
     * @param patience how long to wait for them
     * @param silence how long a rank may be silent
     * @throws RankFailedException naming the ranks that did not come
     */
    static RankWatch host(
            Self self, ServerSocket server, long token, byte[] content, Duration patience, Duration silence) {
        Map<Integer, WatchLink> links = new HashMap<>();
        long deadline = System.nanoTime() + patience.toNanos();
        try (server) {
            server.setSoTimeout(ACCEPT_SLICE_MILLIS);
            while (links.size() < self.ranks.size() - 1) {
                if (System.nanoTime() > deadline) {
                    throw new RankFailedException(
                            "after " + patience.toSeconds() + " s these ranks have not come: "
                                    + missing(self.ranks, links) + "; see their own output for the reason",
                            1);
                }
                admit(server, token, content, self.ranks.size(), links);
            }
        } catch (IOException e) {
            throw new RankFailedException("the ranks cannot meet: " + e.getMessage(), 1, e);
        }
        return new RankWatch(self, silence, new ArrayList<>(links.values()), content).start();
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
    static RankWatch join(Self self, List<InetSocketAddress> addresses, long token, Duration patience, Duration silence)
            throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        IOException last = new IOException("no address to go to");
        do {
            for (InetSocketAddress address : addresses) {
                try {
                    return join(self, address, token, silence);
                } catch (IOException e) {
                    last = e;
                }
            }
            sleep(ACCEPT_SLICE_MILLIS);
        } while (System.nanoTime() < deadline);
        throw new IOException("rank 0 cannot be reached at " + addresses + ": " + last.getMessage(), last);
    }

    private static RankWatch join(Self self, InetSocketAddress address, long token, Duration silence)
            throws IOException {
        IOException last = new IOException(address + " has no number");
        for (InetAddress number : InetAddress.getAllByName(address.getHostString())) {
            try {
                return connect(self, new InetSocketAddress(number, address.getPort()), token, silence);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private static RankWatch connect(Self self, InetSocketAddress address, long token, Duration silence)
            throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, CONNECT_MILLIS);
            socket.setSoTimeout(CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            DataInputStream in = WatchLink.input(socket);
            DataOutputStream out = WatchLink.output(socket);
            new WatchMessage.Join(token, self.ranks.rank(), processName()).write(out);
            if (!(WatchMessage.read(in) instanceof WatchMessage.Welcome welcome)) {
                throw new IOException("no welcome from " + address);
            }
            WatchLink link = new WatchLink(socket, in, out, 0, address.getHostString());
            return new RankWatch(self, silence, List.of(link), HexFormat.of().parseHex(welcome.content())).start();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static String processName() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "a machine without a name";
        }
        return host + ", process " + ProcessHandle.current().pid();
    }

    private RankWatch start() {
        links.forEach(link -> link.listen(this, Math.toIntExact(Math.max(1, silence.toSeconds()))));
        Thread beats = new Thread(this::beat, "watch-beat");
        beats.setDaemon(true);
        beats.start();
        return this;
    }

    private void beat() {
        while (!closed) {
            WatchMessage beat = new WatchMessage.Beat(self.arrived.getAsLong());
            links.forEach(link -> link.send(beat));
            sleep(BEAT_MILLIS);
        }
    }

    /** Returns what the first rank gave. */
    byte[] content() {
        return content.clone();
    }

    /** Tells all ranks that this one fails, so that they end; this process does not end by it. */
    void fail(int exitCode, String message) {
        if (failed.compareAndSet(false, true)) {
            tell(new WatchMessage.Failed(self.ranks.rank(), exitCode, message));
            sleep(DELIVERY_MILLIS); // the process is about to end, and its connections with it
        }
    }

    /** Tells that this rank has waited too long for the others in an operation; they look for the one to blame. */
    void stuck(long operation, String name, Duration waited) {
        WatchMessage.Stuck stuck = new WatchMessage.Stuck(operation, name, waited.toSeconds());
        if (self.ranks.isFirst()) {
            blame(stuck);
        } else {
            tell(stuck);
        }
    }

    private void tell(WatchMessage message) {
        links.forEach(link -> link.send(message));
    }

    @Override
    public void onMessage(WatchLink link, WatchMessage message) {
        if (message instanceof WatchMessage.Failed failure) {
            end(failure);
        } else if (message instanceof WatchMessage.Stuck stuck) {
            Thread thread = new Thread(() -> blame(stuck), "watch-blame"); // answers come by the thread that called
            thread.setDaemon(true);
            thread.start();
        } else if (message instanceof WatchMessage.Where) {
            link.send(new WatchMessage.Here(self.where.get()));
        } else if (message instanceof WatchMessage.Here here) {
            answers.put(link.rank(), here.text());
        }
    }

    @Override
    public void onLost(WatchLink link) {
        if (!closed) {
            end(new WatchMessage.Failed(
                    link.rank(),
                    1,
                    link.title() + " is gone without a word: it was killed or has crashed; see its own output and the"
                            + " system's log"));
        }
    }

    @Override
    public void onSilence(WatchLink link, int seconds) {
        if (!closed) {
            end(new WatchMessage.Failed(
                    link.rank(),
                    1,
                    link.title() + " hangs: nothing has been heard of it for " + seconds
                            + " s; the process is stopped, or its machine or network is down"));
        }
    }

    /** On the first rank: finds the ranks that have not come to an operation and what they do instead. */
    private void blame(WatchMessage.Stuck stuck) {
        List<WatchLink> late = links.stream()
                .filter(link -> link.arrived() < stuck.operation())
                .toList();
        boolean selfLate = self.arrived.getAsLong() < stuck.operation();
        String operation = stuck.name() + " for " + stuck.seconds() + " s";
        if (selfLate) {
            end(new WatchMessage.Failed(
                    0, 1, "rank 0 hangs: others wait for it in " + operation + "; it is at " + self.where.get()));
        } else if (late.isEmpty()) {
            end(new WatchMessage.Failed(
                    0,
                    1,
                    "all ranks have come to " + stuck.name() + " but wait in it since " + stuck.seconds()
                            + " s: the network or the library that exchanges tensors hangs"));
        } else {
            WatchLink first = late.get(0);
            first.send(new WatchMessage.Where());
            long deadline = System.nanoTime() + Duration.ofMillis(ANSWER_MILLIS).toNanos();
            while (!answers.containsKey(first.rank()) && System.nanoTime() < deadline) {
                sleep(10);
            }
            String place = answers.getOrDefault(first.rank(), "an unknown place: it does not answer");
            end(new WatchMessage.Failed(
                    first.rank(),
                    1,
                    first.title() + " hangs: others wait for it in " + operation + "; it is at " + place));
        }
    }

    private void end(WatchMessage.Failed failure) {
        if (!closed && failed.compareAndSet(false, true)) {
            if (self.ranks.isFirst()) {
                tell(failure);
                sleep(DELIVERY_MILLIS);
            }
            self.onFailure.accept(failure);
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Leaves, because the run is over for every rank. */
    @Override
    public void close() {
        closed = true;
        links.forEach(WatchLink::close);
    }
}
