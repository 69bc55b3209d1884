package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP on a free port of the loopback interface. Safe for use by several threads. */
final class WebServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
    private static final int THREADS = 40;
    private static final int LONGEST_BODY = 16 * 1024;

    static {
        // Header and body go out in two writes; with Nagle's algorithm the second waits 40 ms for the client.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        // A connection that the server drops while a request is on its way would look like a failed request.
        System.setProperty("sun.net.httpserver.idleInterval", "600");
    }

    private final HttpServer server;
    private final ExecutorService threads;

    /** What is asked. */
    interface Application {
        /** The answer to one request; must not throw. */
        Reply answer(Request request);
    }

    /**
     * One request.
     *
     * @param method the HTTP method
     * @param path the path, without the query
     * @param query the query, empty if none
     * @param body the text, cut at {@value #LONGEST_BODY} bytes
     * @param headers what it says beside
     */
    record Request(String method, String path, String query, String body, Headers headers) {

        /** The values of its Cookie headers. */
        List<String> cookies() {
            return headers.getOrDefault("Cookie", List.of());
        }

        /** The first header {@code name}, empty if there is none. */
        String header(String name) {
            return Objects.requireNonNullElse(headers.getFirst(name), "");
        }
    }

    private WebServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * Begins to serve.
     *
     * @throws CannotRunException if no port is to be had
     */
    static WebServer start(String name, Application application) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
            ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
                Thread thread = new Thread(task, name + " http");
                thread.setDaemon(true);
                return thread;
            });
            server.setExecutor(threads);
            server.createContext("/", exchange -> handle(exchange, application));
            server.start();
            return new WebServer(server, threads);
        } catch (IOException e) {
            throw new CannotRunException(name + " cannot listen on the loopback interface: " + e.getMessage(), e);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void handle(HttpExchange exchange, Application application) throws IOException {
        try (exchange) {
            Request request = request(exchange);
            Reply reply;
            try {
                reply = application.answer(request);
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("a request failed");
                reply = Reply.error(500, "internal error");
            }
            send(exchange, reply);
        }
    }

    private static Request request(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readNBytes(LONGEST_BODY), UTF_8);
        return new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse(""),
                body,
                exchange.getRequestHeaders());
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        byte[] body = reply.body().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", reply.type());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.getResponseHeaders()
                .set(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self';"
                                + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        if (reply.status() == 503) {
            exchange.getResponseHeaders().set("Retry-After", "1");
        }
        reply.cookie().ifPresent(cookie -> exchange.getResponseHeaders().set("Set-Cookie", cookie));
        exchange.sendResponseHeaders(reply.status(), body.length);
        exchange.getResponseBody().write(body);
    }
}
