package dev.mpo.train.ranks;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection between the first rank and another one, seen from one of its ends. */
final class WatchLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WatchLink.class);
    private static final int SLICE_MILLIS = 1000;

    /** What a rank does with what it hears. */
    interface Listener {

        /** A message came. */
        void onMessage(WatchLink link, WatchMessage message);

        /** The connection ended although nobody has left. */
        void onLost(WatchLink link);

        /** Nothing has come for so many seconds in which this process was awake. */
        void onSilence(WatchLink link, int seconds);
    }

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final int rank;
    private final String name;
    private volatile RankState state = RankState.UNKNOWN;
    private volatile boolean over;

    /**
     * Wraps a connection whose other end is known.
     *
     * @param rank the rank at the other end
     * @param name its machine and process
     */
    WatchLink(Socket socket, DataInputStream in, DataOutputStream out, int rank, String name) {
        this.socket = socket;
        this.in = in;
        this.out = out;
        this.rank = rank;
        this.name = name;
    }

    static DataInputStream input(Socket socket) throws IOException {
        return new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    static DataOutputStream output(Socket socket) throws IOException {
        return new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }

    /** The rank at the other end. */
    int rank() {
        return rank;
    }

    /** The rank at the other end with its machine and process. */
    String title() {
        return "rank " + rank + " (" + name + ")";
    }

    /** What the other end has said about itself last. */
    RankState state() {
        return state;
    }

    /** Sends a message; a connection that is lost is the reader's matter. */
    synchronized void send(WatchMessage message) {
        if (over) {
            return;
        }
        try {
            message.write(out);
        } catch (IOException e) {
            LOG.debug("{} cannot be told {}: {}", title(), message, e.toString());
        }
    }

    /** Starts to read, in a thread of its own, until the other end leaves or is lost. */
    void listen(Listener listener, int silenceSeconds) {
        Thread thread = new Thread(() -> read(listener, silenceSeconds), "watch-" + rank);
        thread.setDaemon(true);
        thread.start();
    }

    // Silence counts in slices of a second: a process that is stopped and goes on counts one, however long it slept.
    private void read(Listener listener, int silenceSeconds) {
        int silent = 0;
        try {
            socket.setSoTimeout(SLICE_MILLIS);
            while (!over) {
                if (anythingCame()) {
                    silent = 0;
                    take(listener, WatchMessage.read(in));
                } else if (++silent == silenceSeconds && !over) {
                    listener.onSilence(this, silent);
                }
            }
        } catch (IOException e) {
            if (!over) {
                listener.onLost(this);
            }
        }
    }

    private boolean anythingCame() throws IOException {
        in.mark(1);
        try {
            if (in.read() < 0) {
                throw new EOFException();
            }
            in.reset();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private void take(Listener listener, WatchMessage message) {
        if (message instanceof WatchMessage.Leave) {
            over = true;
        } else if (message instanceof WatchMessage.Beat beat) {
            state = beat.state();
        } else {
            listener.onMessage(this, message);
        }
    }

    /** Leaves: the other end will not take the end of the connection for a failure. */
    @Override
    public void close() {
        send(new WatchMessage.Leave());
        over = true;
        try {
            socket.shutdownOutput();
            socket.close();
        } catch (IOException e) {
            LOG.debug("the connection to {} was closed before: {}", title(), e.toString());
        }
    }
}
