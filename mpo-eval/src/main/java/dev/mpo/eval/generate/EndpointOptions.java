package dev.mpo.eval.generate;

import dev.mpo.core.ConfigException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is and how patiently it is asked.
 *
 * @param url base address, such as {@code http://localhost:8000/v1}
 * @param model the model's name there; null for the first that the server lists
 * @param server what kind of server it is
 * @param concurrency questions on their way at once
 * @param maxAttempts how often one answer is asked for before it counts as failed
 * @param timeout how long one attempt may take, connecting and the whole answer included
 * @param firstDelay longest wait before the second attempt; doubles from one to the next
 * @param maxDelay longest wait before any attempt, whatever the server says
 * @param apiKey sent as bearer token; null for none
 * @param logprobs whether the server is asked for the log-probabilities of the tokens
 */
public record EndpointOptions(
        URI url,
        @Nullable String model,
        EndpointServer server,
        int concurrency,
        int maxAttempts,
        Duration timeout,
        Duration firstDelay,
        Duration maxDelay,
        @Nullable String apiKey,
        boolean logprobs) {

    /** Checks the address and the numbers. */
    public EndpointOptions {
        String scheme = url.getScheme();
        if (url.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new ConfigException("--endpoint " + url + ": expected an address such as http://localhost:8000/v1");
        }
        if (concurrency < 1 || maxAttempts < 1) {
            throw new ConfigException("--endpoint-concurrency and --endpoint-attempts: expected at least 1, got "
                    + concurrency + " and " + maxAttempts);
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new ConfigException("--endpoint-timeout: expected more than 0 seconds, got " + timeout.toSeconds());
        }
    }

    /** Returns the defaults: vLLM, 32 at once, 8 attempts of 10 minutes, waits from 1 second to 1 minute. */
    public static EndpointOptions of(URI url) {
        return new EndpointOptions(
                url,
                null,
                EndpointServer.VLLM,
                32,
                8,
                Duration.ofMinutes(10),
                Duration.ofSeconds(1),
                Duration.ofMinutes(1),
                null,
                false);
    }

    /** Returns these options for a model and a kind of server. */
    public EndpointOptions withModel(@Nullable String name, EndpointServer kind) {
        return new EndpointOptions(
                url, name, kind, concurrency, maxAttempts, timeout, firstDelay, maxDelay, apiKey, logprobs);
    }

    /** Returns these options with another patience. */
    public EndpointOptions withPatience(int attempts, Duration oneAttempt, Duration first, Duration most) {
        return new EndpointOptions(
                url, model, server, concurrency, attempts, oneAttempt, first, most, apiKey, logprobs);
    }

    /** Returns these options with another number of questions at once. */
    public EndpointOptions withConcurrency(int value) {
        return new EndpointOptions(
                url, model, server, value, maxAttempts, timeout, firstDelay, maxDelay, apiKey, logprobs);
    }

    /** Returns these options with a bearer token. */
    public EndpointOptions withApiKey(@Nullable String value) {
        return new EndpointOptions(
                url, model, server, concurrency, maxAttempts, timeout, firstDelay, maxDelay, value, logprobs);
    }

    /** Returns these options with log-probabilities asked for or not. */
    public EndpointOptions withLogprobs(boolean value) {
        return new EndpointOptions(
                url, model, server, concurrency, maxAttempts, timeout, firstDelay, maxDelay, apiKey, value);
    }

    /** Returns the address of a resource of the server. */
    URI resource(String name) {
        String base = url.toString();
        return URI.create((base.endsWith("/") ? base : base + "/") + name);
    }
}
