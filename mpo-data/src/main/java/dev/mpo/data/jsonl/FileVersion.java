package dev.mpo.data.jsonl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * What tells one content of a file from another without reading it.
 *
 * @param size its size in bytes
 * @param modifiedNanos when it was last changed, in nanoseconds since 1970
 */
record FileVersion(long size, long modifiedNanos) {

    private static final Duration LEAST_AGE = Duration.ofSeconds(2);

    /** Returns whether the last change is so long ago that the next one will show in the time. */
    boolean isSettled() {
        Duration age = Duration.between(Instant.EPOCH.plusNanos(modifiedNanos), Instant.now());
        return age.compareTo(LEAST_AGE) > 0;
    }

    static FileVersion of(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        return new FileVersion(attributes.size(), attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
    }
}
