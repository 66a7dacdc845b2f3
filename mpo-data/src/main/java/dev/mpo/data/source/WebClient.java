package dev.mpo.data.source;

import dev.mpo.core.DataException;
import dev.mpo.core.LongWait;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Fetches addresses within limits of time, size, redirects and attempts. Safe for use by several threads. */
final class WebClient {

    private static final int MAX_REDIRECTS = 5;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final UrlOptions options;
    private final @Nullable WebCache cache;
    private @Nullable HttpClient client;

    WebClient(UrlOptions options) {
        this.options = options;
        Path folder = options.cache();
        this.cache = folder == null ? null : new WebCache(folder);
    }

    /** Why an attempt failed, and whether another one may succeed. */
    private static final class AttemptFailed extends Exception {

        private static final long serialVersionUID = 1L;

        private final boolean mayPass;
        private final Duration pause;

        AttemptFailed(String message, boolean mayPass, Duration pause) {
            super(message);
            this.mayPass = mayPass;
            this.pause = pause;
        }
    }

    byte[] fetch(String address) {
        URI uri = parse(address);
        byte[] kept = cache == null ? null : cache.get(address);
        if (kept != null) {
            return kept;
        }
        byte[] fetched;
        LongWait server = LongWait.begin();
        try (server) {
            fetched = fetchWithRetries(address, uri);
        }
        if (cache != null) {
            cache.put(address, fetched);
        }
        return fetched;
    }

    /** Checks that an address can be asked for. */
    URI parse(String address) {
        try {
            URI uri = new URI(address.replace(" ", "%20"));
            if (uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw new DataException("image " + address + ": not a valid address (" + e.getMessage() + ")", e);
        }
        throw new DataException("image " + address + ": expected http(s)://host/.., found no host");
    }

    private byte[] fetchWithRetries(String address, URI uri) {
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; ; attempt++) {
            try {
                return follow(uri);
            } catch (AttemptFailed e) {
                if (!e.mayPass || attempt > options.retries()) {
                    throw new DataException(
                            "image " + address + ": cannot be fetched: " + e.getMessage()
                                    + (attempt > 1 ? " (attempt " + attempt + ")" : "")
                                    + ". Fix: check the address, or fetch it and name the file",
                            e);
                }
                sleep(address, e.pause.compareTo(pause) > 0 ? e.pause : pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            }
        }
    }

    private byte[] follow(URI start) throws AttemptFailed {
        URI uri = start;
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            HttpResponse<byte[]> response = send(uri);
            int status = response.statusCode();
            if (status == 200) {
                return response.body();
            }
            if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308) {
                boolean mayPass = status == 408 || status == 429 || status >= 500;
                throw new AttemptFailed("the server answered with status " + status, mayPass, retryAfter(response));
            }
            uri = redirect(uri, response);
        }
        throw new AttemptFailed("more than " + MAX_REDIRECTS + " redirects", false, Duration.ZERO);
    }

    private static URI redirect(URI from, HttpResponse<?> response) throws AttemptFailed {
        String location = response.headers().firstValue("location").orElse("");
        URI to;
        try {
            to = from.resolve(location.replace(" ", "%20"));
        } catch (IllegalArgumentException e) {
            throw new AttemptFailed("a redirect to \"" + location + "\"", false, Duration.ZERO);
        }
        String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
        boolean secure = "https".equalsIgnoreCase(from.getScheme());
        // Never from https to http, and never to another kind of address.
        if (to.getHost() == null || !(scheme.equals("https") || (scheme.equals("http") && !secure))) {
            throw new AttemptFailed("a redirect to \"" + location + "\"", false, Duration.ZERO);
        }
        return to;
    }

    private HttpResponse<byte[]> send(URI uri) throws AttemptFailed {
        HttpRequest request;
        try {
            request = HttpRequest.newBuilder(uri)
                    .header("User-Agent", "mpo")
                    .GET()
                    .build();
        } catch (IllegalArgumentException e) {
            throw new AttemptFailed(Reason.of(e), false, Duration.ZERO);
        }
        CompletableFuture<HttpResponse<byte[]>> answer =
                client().sendAsync(request, LimitedBody.handler(options.maxBytes()));
        try {
            return answer.get(options.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new AttemptFailed(
                    "no whole answer within " + options.timeout().toSeconds() + " s (data.urls.timeout_seconds)",
                    true,
                    Duration.ZERO);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            boolean tooLarge = cause instanceof LimitedBody.TooLargeException;
            throw new AttemptFailed(Reason.of(cause), cause instanceof IOException && !tooLarge, Duration.ZERO);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new AttemptFailed("interrupted", false, Duration.ZERO);
        }
    }

    private static Duration retryAfter(HttpResponse<?> response) {
        try {
            long seconds = response.headers().firstValueAsLong("retry-after").orElse(0);
            return Duration.ofSeconds(Math.max(0, Math.min(seconds, LONGEST_PAUSE.toSeconds())));
        } catch (NumberFormatException e) {
            return Duration.ZERO; // a date
        }
    }

    private static void sleep(String address, Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataException("image " + address + ": interrupted while waiting to fetch it again", e);
        }
    }

    /** The client has threads of its own, so it is made when first needed. */
    private synchronized HttpClient client() {
        HttpClient made = client;
        if (made == null) {
            made = HttpClient.newBuilder()
                    .connectTimeout(options.timeout())
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();
            client = made;
        }
        return made;
    }
}
