package dev.mpo.data.source;

import dev.mpo.core.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether and how {@code data:} URIs and web addresses in rows are read.
 *
 * @param allow whether they are read at all
 * @param timeout the longest that one attempt may take, from the connection to the last byte
 * @param maxBytes the largest answer that is accepted
 * @param retries further attempts after a failure that may pass
 * @param cache folder that keeps what was fetched; null keeps nothing
 */
public record UrlOptions(
        boolean allow,
        Duration timeout,
        long maxBytes,
        int retries,
        @Nullable Path cache) {

    /** The settings key that allows URLs, for messages. */
    static final String FLAG = "data.urls.allow";

    /** Checks the ranges. */
    public UrlOptions {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new ConfigException("data.urls.timeout_seconds: expected more than 0, got " + timeout.toSeconds());
        }
        if (maxBytes < 1 || maxBytes > Integer.MAX_VALUE - 8) {
            throw new ConfigException(
                    "data.urls.max_bytes: expected 1 to " + (Integer.MAX_VALUE - 8) + ", got " + maxBytes);
        }
        if (retries < 0) {
            throw new ConfigException("data.urls.retries: expected at least 0, got " + retries);
        }
    }

    /** Returns the defaults: nothing is fetched; if it were, 20 seconds, 64 MiB, 3 retries and no cache. */
    public static UrlOptions refused() {
        return new UrlOptions(false, Duration.ofSeconds(20), 64L << 20, 3, null);
    }

    /** Returns the defaults, except that URLs are read. */
    public static UrlOptions allowed() {
        return refused().withAllow(true);
    }

    /** Returns the same options with URLs allowed or not. */
    public UrlOptions withAllow(boolean all) {
        return new UrlOptions(all, timeout, maxBytes, retries, cache);
    }

    /** Returns the same options with another longest time of an attempt. */
    public UrlOptions withTimeout(Duration limit) {
        return new UrlOptions(allow, limit, maxBytes, retries, cache);
    }

    /** Returns the same options with another largest answer. */
    public UrlOptions withMaxBytes(long limit) {
        return new UrlOptions(allow, timeout, limit, retries, cache);
    }

    /** Returns the same options with another number of further attempts. */
    public UrlOptions withRetries(int count) {
        return new UrlOptions(allow, timeout, maxBytes, count, cache);
    }

    /** Returns the same options with a folder that keeps what was fetched, or none. */
    public UrlOptions withCache(@Nullable Path folder) {
        return new UrlOptions(allow, timeout, maxBytes, retries, folder);
    }
}
