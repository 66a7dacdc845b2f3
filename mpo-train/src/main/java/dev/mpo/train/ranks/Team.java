package dev.mpo.train.ranks;

import dev.mpo.core.MpoException;
import dev.mpo.core.RankFailedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;

/**
 * What the ranks of a run decide as one. Every rank makes the same calls in the same order.
 *
 * @param collectives connect the ranks; borrowed
 */
public record Team(Collectives collectives) {

    private static final byte[] NOTHING = {};

    /** Returns whether this process does what is done once per run. */
    public boolean isFirst() {
        return collectives.ranks().isFirst();
    }

    /** Returns the number of processes. */
    public int size() {
        return collectives.size();
    }

    /** As {@link #decide}, for an action without a result. */
    public void first(Runnable action) {
        decide(() -> {
            action.run();
            return NOTHING;
        });
    }

    /** As {@link #decide}, for a number. */
    public long decideNumber(Supplier<Long> action) {
        byte[] bytes = decide(
                () -> ByteBuffer.allocate(Long.BYTES).putLong(action.get()).array());
        return ByteBuffer.wrap(bytes).getLong();
    }

    /** As {@link #decide}, for a list of numbers. */
    public long[] decideNumbers(Supplier<long[]> action) {
        byte[] bytes = decide(() -> {
            long[] numbers = action.get();
            ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Long.BYTES));
            buffer.asLongBuffer().put(numbers);
            return buffer.array();
        });
        long[] numbers = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).asLongBuffer().get(numbers);
        return numbers;
    }

    /**
     * Runs an action on the first rank alone and gives its result to all.
     *
     * @throws RankFailedException on the other ranks, with the first one's message and exit code, if the action throws;
     *     the first rank throws what the action threw
     */
    public byte[] decide(Supplier<byte[]> action) {
        if (size() == 1) {
            return action.get();
        }
        byte[] outcome = NOTHING;
        RuntimeException failure = null;
        if (isFirst()) {
            try {
                byte[] result = action.get();
                outcome = message(0, result);
            } catch (RuntimeException e) {
                failure = e;
                outcome = message(exitCode(e), String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
            }
        }
        ByteBuffer received = ByteBuffer.wrap(collectives.broadcast(outcome, 0));
        if (failure != null) {
            throw failure;
        }
        int code = received.getInt();
        byte[] content = new byte[received.remaining()];
        received.get(content);
        if (code != 0) {
            throw new RankFailedException("rank 0: " + new String(content, StandardCharsets.UTF_8), code);
        }
        return content;
    }

    private static byte[] message(int code, byte[] content) {
        return ByteBuffer.allocate(Integer.BYTES + content.length)
                .putInt(code)
                .put(content)
                .array();
    }

    /** Returns the exit code that a failure means. */
    public static int exitCode(Throwable failure) {
        return failure instanceof MpoException known ? known.exitCode() : 1;
    }

    /** Returns the texts of all ranks, in rank order. */
    public List<String> gather(String mine) {
        if (size() == 1) {
            return List.of(mine);
        }
        List<String> all = new ArrayList<>();
        for (byte[] text : collectives.allGather(mine.getBytes(StandardCharsets.UTF_8))) {
            all.add(new String(text, StandardCharsets.UTF_8));
        }
        return all;
    }

    /** Returns the given number of all ranks, in rank order. */
    public double[] gather(double mine) {
        return size() == 1 ? new double[] {mine} : collectives.allGather(new double[] {mine});
    }

    /** Returns whether any rank says so. */
    public boolean any(boolean mine) {
        return DoubleStream.of(gather(mine ? 1.0 : 0.0)).anyMatch(said -> said > 0);
    }

    /** Returns when every rank has called it. */
    public void barrier() {
        if (size() > 1) {
            collectives.barrier();
        }
    }
}
