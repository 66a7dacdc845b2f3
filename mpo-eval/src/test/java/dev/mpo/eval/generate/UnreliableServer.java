package dev.mpo.eval.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/** A server with OpenAI's protocol on a free port of this machine, which fails in the ways that servers fail. */
public final class UnreliableServer implements AutoCloseable {

    /** How a request is answered. */
    public enum Mood {
        /** With an answer that tells the question and the seed. */
        WELL,
        /** With 429 and a wish to be left alone for no time. */
        BUSY,
        /** With 500. */
        BROKEN,
        /** With the first half of an answer, and then the connection ends. */
        HALF,
        /** With 200 and something that is no JSON. */
        GARBAGE,
        /** With 200 and no body. */
        EMPTY,
        /** Not at all. */
        SILENT,
        /** With 400: the question is wrong. */
        REFUSED,
        /** With 401: the client is wrong. */
        LOCKED,
        /** With 429 and a wish to be left alone for three years. */
        FAR_AWAY,
        /** With 200 and more than any answer. */
        ENDLESS,
        /** With 200 and a null where the answer belongs. */
        NULL,
        /** With 400, because of a field, until it is left out. */
        PICKY
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final BiFunction<JsonNode, Integer, Mood> moods;
    private final Map<String, AtomicInteger> attempts = new ConcurrentHashMap<>();
    private final Queue<JsonNode> requests = new ConcurrentLinkedQueue<>();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Starts; {@code moods} decides by the request and the number of times that the same one came before. */
    public UnreliableServer(BiFunction<JsonNode, Integer, Mood> moods) {
        this.moods = moods;
        try {
            this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/v1/chat/completions", this::complete);
        server.createContext("/v1/models", exchange -> reply(exchange, 200, "{\"data\":[{\"id\":\"served\"}]}"));
        server.start();
    }

    /** Returns the address. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
    }

    /** Returns all requests that came, in order. */
    public Queue<JsonNode> requests() {
        return requests;
    }

    /** Returns how many requests were on their way at once at most. */
    public int mostAtOnce() {
        return mostAtOnce.get();
    }

    private void complete(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
        try (exchange) {
            JsonNode request = JSON.readTree(body);
            requests.add(request);
            int before = attempts.computeIfAbsent(request.toString(), key -> new AtomicInteger())
                    .getAndIncrement();
            answer(exchange, request, moods.apply(request, before));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            atOnce.decrementAndGet();
        }
    }

    private void answer(HttpExchange exchange, JsonNode request, Mood mood) throws IOException, InterruptedException {
        byte[] whole = answer(request).getBytes(StandardCharsets.UTF_8);
        switch (mood) {
            case WELL -> reply(exchange, 200, answer(request));
            case BUSY -> {
                exchange.getResponseHeaders().add("Retry-After", "0");
                reply(exchange, 429, "busy");
            }
            case BROKEN -> reply(exchange, 500, "out of memory");
            case HALF -> {
                exchange.sendResponseHeaders(200, whole.length);
                exchange.getResponseBody().write(whole, 0, whole.length / 2);
                exchange.getResponseBody().flush();
            }
            case GARBAGE -> reply(exchange, 200, "<html>proxy</html>");
            case EMPTY -> exchange.sendResponseHeaders(200, -1);
            case SILENT -> closed.await();
            case REFUSED -> reply(exchange, 400, "prompt too long");
            case LOCKED -> reply(exchange, 401, "no such key");
            case FAR_AWAY -> {
                exchange.getResponseHeaders().add("Retry-After", "99999999");
                reply(exchange, 429, "quota used up");
            }
            case ENDLESS -> {
                exchange.sendResponseHeaders(200, 0);
                byte[] megabyte = new byte[1 << 20];
                for (int i = 0; i < 100; i++) {
                    exchange.getResponseBody().write(megabyte);
                }
            }
            case NULL ->
                reply(exchange, 200, "{\"choices\":[{\"message\":{\"content\":null},\"finish_reason\":\"stop\"}]}");
            case PICKY -> {
                if (request.has("top_k")) {
                    reply(exchange, 400, "unknown field top_k");
                } else {
                    reply(exchange, 200, answer(request));
                }
            }
        }
    }

    private static String answer(JsonNode request) {
        JsonNode last =
                request.get("messages").get(request.get("messages").size() - 1).get("content");
        String question = last.isTextual()
                ? last.textValue()
                : last.get(last.size() - 1).path("text").asText();
        ObjectNode root = JSON.createObjectNode();
        ObjectNode choice = root.putArray("choices").addObject();
        choice.putObject("message").put("content", "re: " + question + " #" + request.get("seed"));
        choice.put("finish_reason", "stop");
        choice.putObject("logprobs").putArray("content").addObject().put("logprob", -0.5);
        root.putObject("usage").put("prompt_tokens", 7);
        return root.toString();
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
