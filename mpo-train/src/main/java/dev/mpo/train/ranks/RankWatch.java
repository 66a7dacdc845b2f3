package dev.mpo.train.ranks;

import dev.mpo.core.RankFailedException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Watches over the processes of a run, beside the exchange of tensors, so that one that dies, fails or hangs ends the
 * run at once and is named.
 *
 * <p>Every rank has one connection to the first rank and says every second that it lives, how far it has come and
 * whether it does anything. A connection that ends tells of a death, silence of a process that is stopped or a machine
 * that is gone, and {@link StallRule} of a process that lives and does nothing while others wait for it. An operation
 * in which ranks wait too long tells of a rank that is busy with something else. One that hangs is asked where it is; a
 * rank that fails by itself tells why. The first rank hands everything on, and all end with the same error.
 */
final class RankWatch implements WatchLink.Listener, AutoCloseable {

    private static final long BEAT_MILLIS = 1000;
    private static final long ANSWER_MILLIS = 2000;
    private static final long DELIVERY_MILLIS = 200;

    /**
     * What a rank tells about itself and does with a failure.
     *
     * @param ranks the place of this process
     * @param place where it is among the operations
     * @param where what it is doing, for people
     * @param onFailure ends this process
     */
    record Self(
            Ranks ranks,
            Supplier<OperationPlace> place,
            Supplier<String> where,
            Consumer<WatchMessage.Failed> onFailure) {}

    private final Self self;
    private final WaitLimits limits;
    private final List<WatchLink> links;
    private final byte[] content;
    private final Activity activity = new Activity();
    private final Map<Integer, String> answers = new ConcurrentHashMap<>();
    private final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicBoolean blaming = new AtomicBoolean();
    private volatile boolean closed;

    private RankWatch(Self self, WaitLimits limits, List<WatchLink> links, byte[] content) {
        this.self = self;
        this.limits = limits;
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
     * @param limits how long a rank may be silent, or do nothing while others wait for it
     * @throws RankFailedException naming the ranks that did not come
     */
    static RankWatch host(
            Self self, ServerSocket server, long token, byte[] content, Duration patience, WaitLimits limits) {
        List<WatchLink> links = WatchEntrance.admitAll(self.ranks, server, token, content, patience);
        return new RankWatch(self, limits, links, content).start();
    }

    /**
     * On every other rank: goes to the first one.
     *
     * @param addresses where it may be; the first that answers is taken
     * @param patience how long to try
     * @throws IOException if it cannot be reached
     */
    static RankWatch join(
            Self self, List<InetSocketAddress> addresses, long token, Duration patience, WaitLimits limits)
            throws IOException {
        WatchEntrance.Joined joined = WatchEntrance.join(self.ranks.rank(), addresses, token, patience);
        return new RankWatch(self, limits, List.of(joined.link()), joined.content()).start();
    }

    private RankWatch start() {
        int silence = Math.toIntExact(Math.max(1, limits.silence().toSeconds()));
        links.forEach(link -> link.listen(this, silence));
        daemon(this::beat, "watch-beat");
        return this;
    }

    private static void daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void beat() {
        long arrived = 0;
        while (!closed) {
            OperationPlace place = self.place.get();
            RankState state = place.state(activity.quietSeconds(place.arrived() != arrived));
            arrived = place.arrived();
            tell(new WatchMessage.Beat(state));
            if (self.ranks.isFirst()) {
                look(state);
            }
            sleep(BEAT_MILLIS);
        }
    }

    /** On the first rank: looks for one that does nothing while others wait for it. */
    private void look(RankState own) {
        Map<Integer, RankState> states = new HashMap<>(Map.of(0, own));
        links.forEach(link -> states.put(link.rank(), link.state()));
        StallRule.find(states, limits.stalled()).ifPresent(stall -> {
            if (blaming.compareAndSet(false, true)) {
                daemon(() -> accuse(stall), "watch-blame");
            }
        });
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
            daemon(() -> blame(stuck), "watch-blame"); // answers come by the thread that called
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

    /** On the first rank: ends the run because of a rank that does nothing. */
    private void accuse(StallRule.Stall stall) {
        end(new WatchMessage.Failed(
                stall.rank(),
                1,
                title(stall.rank()) + " hangs: it has made no progress for " + stall.quietSeconds() + " s while rank "
                        + stall.waitingRank() + " waits for it in " + stall.operation() + "; it is at "
                        + place(stall.rank())
                        + ". If it waits for something slow, such as a file server, raise parallel.stall_seconds"));
    }

    /** On the first rank: finds the rank that has not come to an operation and what it does instead. */
    private void blame(WatchMessage.Stuck stuck) {
        int late = self.place.get().arrived() < stuck.operation()
                ? 0
                : links.stream()
                        .filter(link -> link.state().arrived() < stuck.operation())
                        .mapToInt(WatchLink::rank)
                        .findFirst()
                        .orElse(-1);
        if (late < 0) {
            end(new WatchMessage.Failed(
                    0,
                    1,
                    "all ranks have come to " + stuck.name() + " but wait in it since " + stuck.seconds()
                            + " s: the network or the library that exchanges tensors hangs"));
            return;
        }
        end(new WatchMessage.Failed(
                late,
                1,
                title(late) + " hangs: others wait for it in " + stuck.name() + " for " + stuck.seconds()
                        + " s; it is at " + place(late)));
    }

    private String title(int rank) {
        return rank == 0
                ? "rank 0 (" + WatchEntrance.processName() + ")"
                : link(rank).title();
    }

    private WatchLink link(int rank) {
        return links.stream()
                .filter(link -> link.rank() == rank)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no connection to rank " + rank));
    }

    /** On the first rank: asks a rank where in the program it is. */
    private String place(int rank) {
        if (rank == 0) {
            return self.where.get();
        }
        link(rank).send(new WatchMessage.Where());
        long deadline = System.nanoTime() + Duration.ofMillis(ANSWER_MILLIS).toNanos();
        while (!answers.containsKey(rank) && System.nanoTime() < deadline) {
            sleep(10);
        }
        return answers.getOrDefault(rank, "an unknown place: it does not answer");
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

    static void sleep(long millis) {
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
