package dev.mpo.testkit;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Random damage to bytes: what faulty disks, broken downloads and careless programs do to files. */
public final class Mutations {

    private Mutations() {}

    /**
     * Returns how many inputs a fuzz test tries: a few in everyday runs, or as many as the system property
     * {@code mpo.fuzz.inputs} says.
     */
    public static int rounds(int everyday) {
        return Integer.getInteger("mpo.fuzz.inputs", everyday);
    }

    /** Returns damaged bytes, by one to three mutations. */
    public static byte[] damage(byte[] bytes, RandomGenerator random) {
        byte[] damaged = bytes;
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            damaged = once(damaged, random);
        }
        return damaged;
    }

    /** Returns damaged bytes, by one mutation that touches 64 bytes at most or cuts the end off. */
    public static byte[] once(byte[] bytes, RandomGenerator random) {
        if (bytes.length == 0) {
            return bytes;
        }
        int at = random.nextInt(bytes.length);
        int length = 1 + random.nextInt(Math.min(64, bytes.length - at));
        return switch (random.nextInt(7)) {
            case 0 -> flipped(bytes, at, 1 << random.nextInt(8));
            case 1 -> flipped(bytes, at, 1 + random.nextInt(255));
            case 2 -> Arrays.copyOf(bytes, at);
            case 3 -> spliced(bytes, at, at + length, new byte[0]);
            case 4 -> spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
            case 5 -> spliced(bytes, at, at + length, noise(length, random));
            default -> spliced(bytes, at, at + length, new byte[length]);
        };
    }

    private static byte[] flipped(byte[] bytes, int at, int bits) {
        byte[] damaged = bytes.clone();
        damaged[at] ^= (byte) bits;
        return damaged;
    }

    private static byte[] noise(int length, RandomGenerator random) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] with) {
        byte[] result = new byte[from + with.length + bytes.length - to];
        System.arraycopy(bytes, 0, result, 0, from);
        System.arraycopy(with, 0, result, from, with.length);
        System.arraycopy(bytes, to, result, from + with.length, bytes.length - to);
        return result;
    }
}
