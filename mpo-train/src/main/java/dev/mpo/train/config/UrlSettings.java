package dev.mpo.train.config;

import dev.mpo.data.source.UrlOptions;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * {@code data.urls.*}: images that rows name by a {@code data:} URI or an http(s) address.
 *
 * @param allow whether they are read; otherwise such rows are bad
 * @param timeoutSeconds seconds that one attempt may take, to the last byte
 * @param maxBytes most bytes of an answer
 * @param retries further attempts after a failure that may pass, with growing pauses
 * @param cache folder that keeps what was fetched; absent = nothing is kept
 */
public record UrlSettings(
        boolean allow,
        @Range(above = 0) double timeoutSeconds,
        @Range(min = 1, max = 2147483639) long maxBytes,
        @Range(min = 0) int retries,
        @Nullable String cache) {

    /** Returns the settings as the data layer takes them. */
    public UrlOptions options() {
        Duration timeout = Duration.ofMillis(Math.max(1, Math.round(timeoutSeconds * 1000)));
        return new UrlOptions(allow, timeout, maxBytes, retries, cache == null ? null : Path.of(cache));
    }
}
