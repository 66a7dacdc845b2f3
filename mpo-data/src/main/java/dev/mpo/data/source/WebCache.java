package dev.mpo.data.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of fetched files, named by the SHA-256 of their addresses. They are never asked for again: delete the folder
 * to fetch anew. Processes may share it.
 */
final class WebCache {

    private static final Logger LOG = LoggerFactory.getLogger(WebCache.class);

    private final Path folder;
    private final AtomicBoolean warned = new AtomicBoolean();

    WebCache(Path folder) {
        this.folder = folder;
    }

    byte @Nullable [] get(String address) {
        try {
            return Files.readAllBytes(file(address));
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            warn(e);
            return null;
        }
    }

    void put(String address, byte[] bytes) {
        Path file = file(address);
        try {
            Path parent = Files.createDirectories(folder.resolve(file.getName(file.getNameCount() - 2)));
            Path part = Files.createTempFile(parent, "part", null);
            try {
                Files.write(part, bytes);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            warn(e);
        }
    }

    /** A cache that cannot be used costs time, not results. */
    private void warn(IOException e) {
        if (warned.compareAndSet(false, true)) {
            LOG.warn("data.urls.cache {} cannot be used ({}); images are fetched each time", folder, Reason.of(e));
        }
    }

    private Path file(String address) {
        String name;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(address.getBytes(StandardCharsets.UTF_8));
            name = HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
        return folder.resolve(name.substring(0, 2)).resolve(name);
    }
}
