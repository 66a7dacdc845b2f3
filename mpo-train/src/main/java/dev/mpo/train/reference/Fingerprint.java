package dev.mpo.train.reference;

import dev.mpo.core.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Fingerprints of files that depend on every byte of them and not on where they lie.
 *
 * <p>Checkpoints are large, so each mebibyte is reduced to a CRC-32C, which the processor computes about as fast as
 * memory delivers, and the SHA-256 of these sums is the fingerprint. It tells accidents apart, not attacks.
 */
public final class Fingerprint {

    private static final int BLOCK = 1 << 20;
    private static final int DIGITS = 32;

    private Fingerprint() {}

    /** Returns a fingerprint of a file's content alone, 32 hexadecimal digits. */
    public static String ofContent(Path file) {
        MessageDigest digest = sha256();
        addContent(digest, file);
        return digits(digest);
    }

    /** Returns a fingerprint of files' names and contents, 32 hexadecimal digits, in whatever order they are given. */
    public static String of(List<Path> files) {
        MessageDigest digest = sha256();
        files.stream()
                .sorted(Comparator.comparing(file -> String.valueOf(file.getFileName())))
                .forEach(file -> {
                    digest.update(String.valueOf(file.getFileName()).getBytes(StandardCharsets.UTF_8));
                    addContent(digest, file);
                });
        return digits(digest);
    }

    private static String digits(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void addContent(MessageDigest digest, Path file) {
        byte[] block = new byte[BLOCK];
        CRC32C sum = new CRC32C();
        try (InputStream in = Files.newInputStream(file)) {
            long size = 0;
            for (int n = in.readNBytes(block, 0, BLOCK); n > 0; n = in.readNBytes(block, 0, BLOCK)) {
                sum.reset();
                sum.update(block, 0, n);
                digest.update(
                        ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
                size += n;
            }
            digest.update(ByteBuffer.allocate(8).putLong(size).array());
        } catch (IOException e) {
            throw new ConfigException("cannot read " + file + ": " + e, e);
        }
    }
}
