package dev.mpo.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mpo.core.DataException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WebClientTest {

    private static final byte[] PICTURE = {1, 2, 3, 4, 5};

    private final AtomicInteger requests = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    @TempDir
    private Path folder;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/a.png", exchange -> answer(exchange, 200, PICTURE));
        server.createContext("/gone.png", exchange -> answer(exchange, 404, new byte[0]));
        server.createContext("/flaky.png", exchange -> answer(exchange, requests.get() == 0 ? 503 : 200, PICTURE));
        server.createContext("/moved.png", exchange -> redirect(exchange, "a.png"));
        server.createContext("/loop.png", exchange -> redirect(exchange, "/loop.png"));
        server.createContext("/file.png", exchange -> redirect(exchange, "file:///etc/passwd"));
        server.createContext("/slow.png", WebClientTest::stall);
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void picturesAreFetchedAndRedirectsFollowed() {
        assertThat(read("/a.png", UrlOptions.allowed())).isEqualTo(PICTURE);
        assertThat(read("/moved.png", UrlOptions.allowed())).isEqualTo(PICTURE);
    }

    @Test
    void aFailureThatMayPassIsTriedAgainAndOthersAreNot() {
        assertThat(read("/flaky.png", UrlOptions.allowed())).isEqualTo(PICTURE);
        assertThat(requests).hasValue(2);
        requests.set(0);
        assertFails("/gone.png", UrlOptions.allowed(), "status 404");
        assertThat(requests).hasValue(1);
        requests.set(0);
        assertFails("/flaky.png", UrlOptions.allowed().withRetries(0), "status 503");
    }

    @Test
    void limitsOfRedirectsSizeAndTimeHold() {
        assertFails("/loop.png", UrlOptions.allowed(), "redirects");
        assertFails("/file.png", UrlOptions.allowed(), "a redirect to \"file:///etc/passwd\"");
        assertFails("/a.png", UrlOptions.allowed().withMaxBytes(4), "more than 4 bytes", "data.urls.max_bytes");
        assertThat(read("/a.png", UrlOptions.allowed().withMaxBytes(5))).isEqualTo(PICTURE);
        UrlOptions hasty =
                UrlOptions.allowed().withTimeout(Duration.ofMillis(300)).withRetries(0);
        assertFails("/slow.png", hasty, "data.urls.timeout_seconds");
    }

    @Test
    void whatIsInTheCacheIsNotAskedForAgain() {
        UrlOptions cached = UrlOptions.allowed().withCache(folder.resolve("cache"));
        for (int i = 0; i < 3; i++) {
            assertThat(read("/a.png", cached)).isEqualTo(PICTURE);
        }
        assertThat(requests).hasValue(1);
        assertFails("/gone.png", cached, "status 404");
    }

    @Test
    void anUnusableAddressIsSaidToBeOne() {
        try (MediaSource source = MediaSource.create(UrlOptions.allowed())) {
            for (String bad : new String[] {"http://", "http:///a.png", "http://[/a.png", "https://a b/c"}) {
                assertThatThrownBy(() -> source.find(folder, bad).read())
                        .isInstanceOf(DataException.class)
                        .hasMessageContaining(bad);
            }
        }
    }

    private byte[] read(String path, UrlOptions options) {
        try (MediaSource source = MediaSource.create(options)) {
            return source.find(folder, address(path)).read();
        }
    }

    private void assertFails(String path, UrlOptions options, String... parts) {
        assertThatThrownBy(() -> read(path, options))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(address(path))
                .hasMessageContainingAll(parts);
    }

    private String address(String path) {
        return "http://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort() + path;
    }

    private void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        requests.incrementAndGet();
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void redirect(HttpExchange exchange, String to) throws IOException {
        exchange.getResponseHeaders().add("Location", to);
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    /** Sends the headers and then one byte now and then, as a server does that wants to hold a client. */
    private static void stall(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 1000);
        try {
            for (int i = 0; i < 20; i++) {
                exchange.getResponseBody().write(0);
                exchange.getResponseBody().flush();
                Thread.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }
}
