package dev.mpo.eval.generate;

import dev.mpo.eval.generate.EndpointException.Outlook;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends requests to a server until it answers, for any number of threads. */
final class EndpointClient {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
    private static final int TOO_MANY_REQUESTS = 429;

    /** A server that asks for more than this many of the longest waits is not waited for. */
    private static final int PATIENCE = 10;

    /** Waits from this long on are told when they begin. */
    private static final long TOLD_MILLIS = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(EndpointClient.class);

    private final EndpointOptions options;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1) // servers in Python do not know the upgrade that the default asks for
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    private final Map<String, Integer> retries = new TreeMap<>();

    EndpointClient(EndpointOptions options) {
        this.options = options;
    }

    /** Returns how many attempts were repeated, by the kind of their failure. */
    Map<String, Integer> retries() {
        synchronized (retries) {
            return new TreeMap<>(retries);
        }
    }

    /**
     * Returns the answer to a body.
     *
     * @throws EndpointException if all attempts failed; the last failure, with the number of attempts
     * @throws InterruptedException if this thread is interrupted meanwhile
     */
    EndpointReply answer(byte[] body) throws InterruptedException {
        URI address = options.resource("chat/completions");
        for (int attempt = 1; ; attempt++) {
            try {
                HttpRequest.Builder request = HttpRequest.newBuilder(address)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
                return EndpointReply.of(send(request));
            } catch (EndpointException e) {
                giveUpOrWait(e, attempt);
            }
        }
    }

    /** Returns the body of a resource. */
    byte[] get(String resource) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return send(HttpRequest.newBuilder(options.resource(resource)).GET());
            } catch (EndpointException e) {
                giveUpOrWait(e, attempt);
            }
        }
    }

    private void giveUpOrWait(EndpointException e, int attempt) throws InterruptedException {
        if (e.outlook() != Outlook.TRY_AGAIN || attempt == options.maxAttempts()) {
            String tries = attempt == 1 ? "" : " (attempt " + attempt + " of " + options.maxAttempts() + ")";
            throw new EndpointException(e.kind(), e.getMessage() + tries, e.outlook(), null, e);
        }
        synchronized (retries) {
            retries.merge(e.kind(), 1, Integer::sum);
        }
        Duration asked = e.serverWait();
        if (asked != null && asked.compareTo(options.maxDelay().multipliedBy(PATIENCE)) > 0) {
            throw new EndpointException(
                    e.kind(),
                    e.getMessage() + "; the server asks to come back in " + asked.toSeconds()
                            + " s, and nobody waits that long here",
                    Outlook.GIVE_UP,
                    null,
                    e);
        }
        long millis = delayMillis(attempt, asked);
        if (millis >= TOLD_MILLIS) {
            LOG.warn(
                    "{}: {}; trying again in {} s (attempt {} of {})",
                    options.url(),
                    e.getMessage(),
                    millis / 1000,
                    attempt + 1,
                    options.maxAttempts());
        }
        TimeUnit.MILLISECONDS.sleep(millis);
    }

    /** What happened to the connection, in words. */
    private static String words(Throwable cause) {
        String detail = cause.getMessage();
        if (cause instanceof ConnectException) {
            return "no connection can be made: nothing listens there, or a firewall is in between";
        }
        return "the connection broke" + (detail == null || detail.isBlank() ? "" : ": " + detail);
    }

    /** A random part of a wait that doubles, so that many clients do not come back at once; at least what is asked. */
    private long delayMillis(int attempt, @Nullable Duration serverWait) {
        long most = options.maxDelay().toMillis();
        long ceiling = Math.min(most, options.firstDelay().toMillis() << Math.min(attempt - 1, 20));
        long asked = serverWait == null ? 0 : Math.min(most, serverWait.toMillis());
        return asked + ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1);
    }

    private byte[] send(HttpRequest.Builder request) throws InterruptedException {
        if (options.apiKey() != null) {
            request.header("Authorization", "Bearer " + options.apiKey());
        }
        CompletableFuture<HttpResponse<byte[]>> pending = http.sendAsync(request.build(), head -> new LimitedBody());
        try {
            // HttpRequest's own timeout ends with the headers: a server that stops in the middle would never be
            // noticed.
            return body(pending.get(options.timeout().toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            pending.cancel(true);
            String message = "no answer within " + options.timeout().toMillis() / 1000.0 + " s";
            throw EndpointException.tryAgain("no answer in time", message, e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof EndpointException known) {
                throw known;
            }
            throw EndpointException.tryAgain("broken connection", words(cause), cause);
        } catch (InterruptedException e) {
            pending.cancel(true);
            throw e;
        }
    }

    private static byte[] body(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        if (status == 200) {
            return response.body();
        }
        Outlook outlook = status >= 500 || status == TOO_MANY_REQUESTS || status == 408 || status == 409
                ? Outlook.TRY_AGAIN
                : status == 401 || status == 403 || status == 404 || status == 405 ? Outlook.HOPELESS : Outlook.GIVE_UP;
        Duration wait = response.headers()
                .firstValue("Retry-After")
                .map(EndpointClient::serverWait)
                .orElse(null);
        String message = "HTTP " + status + ": " + EndpointReply.shown(response.body());
        throw new EndpointException("HTTP " + status, message, outlook, wait, null);
    }

    /** Reads {@code Retry-After}: seconds, or a date. */
    private static @Nullable Duration serverWait(String value) {
        if (value.matches("[0-9]{1,18}")) {
            return Duration.ofSeconds(Long.parseLong(value));
        }
        try {
            ZonedDateTime date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
            Duration wait = Duration.between(ZonedDateTime.now(Clock.systemUTC()), date);
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
