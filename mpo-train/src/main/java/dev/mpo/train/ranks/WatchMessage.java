package dev.mpo.train.ranks;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** What the first rank and another one say to each other outside of the exchange of tensors. */
sealed interface WatchMessage {

    /** Longer texts are cut; what matters comes first. */
    int MAX_TEXT = 8000;

    /** The first message of a rank. */
    record Join(long token, int rank, String name) implements WatchMessage {}

    /** The answer to it, with what the first rank has for everyone, bytes as hexadecimal digits. */
    record Welcome(String content) implements WatchMessage {}

    /** Sent every second: this rank lives, and how it is. */
    record Beat(RankState state) implements WatchMessage {}

    /** A rank failed; everyone ends. */
    record Failed(int rank, int exitCode, String message) implements WatchMessage {}

    /** This rank has waited too long for the others in an operation. */
    record Stuck(long operation, String name, long seconds) implements WatchMessage {}

    /** Asks where a rank is. */
    record Where() implements WatchMessage {}

    /** The answer to it. */
    record Here(String text) implements WatchMessage {}

    /** This rank's end of the connection closes because the run is over. */
    record Leave() implements WatchMessage {}

    /** Reads one message. */
    static WatchMessage read(DataInputStream in) throws IOException {
        int kind = in.readUnsignedByte();
        return switch (kind) {
            case 'J' -> new Join(in.readLong(), in.readInt(), in.readUTF());
            case 'W' -> new Welcome(in.readUTF());
            case 'B' -> new Beat(new RankState(in.readLong(), in.readUTF(), in.readInt(), in.readInt()));
            case 'F' -> new Failed(in.readInt(), in.readInt(), in.readUTF());
            case 'S' -> new Stuck(in.readLong(), in.readUTF(), in.readLong());
            case '?' -> new Where();
            case 'H' -> new Here(in.readUTF());
            case 'L' -> new Leave();
            default -> throw new IOException("no message starts with " + kind);
        };
    }

    /** Writes this message. */
    default void write(DataOutputStream out) throws IOException {
        if (this instanceof Join join) {
            out.writeByte('J');
            out.writeLong(join.token);
            out.writeInt(join.rank);
            out.writeUTF(cut(join.name));
        } else if (this instanceof Welcome welcome) {
            out.writeByte('W');
            out.writeUTF(welcome.content);
        } else if (this instanceof Beat beat) {
            out.writeByte('B');
            out.writeLong(beat.state.arrived());
            out.writeUTF(cut(beat.state.operation()));
            out.writeInt(beat.state.waitedSeconds());
            out.writeInt(beat.state.quietSeconds());
        } else if (this instanceof Failed failed) {
            out.writeByte('F');
            out.writeInt(failed.rank);
            out.writeInt(failed.exitCode);
            out.writeUTF(cut(failed.message));
        } else if (this instanceof Stuck stuck) {
            out.writeByte('S');
            out.writeLong(stuck.operation);
            out.writeUTF(cut(stuck.name));
            out.writeLong(stuck.seconds);
        } else if (this instanceof Where) {
            out.writeByte('?');
        } else if (this instanceof Here here) {
            out.writeByte('H');
            out.writeUTF(cut(here.text));
        } else {
            out.writeByte('L');
        }
        out.flush();
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    }
}
