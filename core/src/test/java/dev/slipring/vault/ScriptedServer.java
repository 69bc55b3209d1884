package dev.slipring.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server on loopback that gives the replies it was told, in order, and keeps what it was asked. */
final class ScriptedServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Deque<Reply> replies = new ArrayDeque<>();
    private final List<Asked> asked = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    interface Reply {
        void to(HttpExchange exchange) throws IOException;
    }

    record Asked(String line, Map<String, List<String>> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, List.of("")).get(0);
        }
    }

    ScriptedServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The next replies. */
    ScriptedServer then(Reply... next) {
        synchronized (replies) {
            replies.addAll(List.of(next));
        }
        return this;
    }

    List<Asked> asked() {
        synchronized (replies) {
            return List.copyOf(asked);
        }
    }

    List<String> lines() {
        return asked().stream().map(Asked::line).toList();
    }

    static Reply json(int status, String body, String... headers) {
        return exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            byte[] bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        };
    }

    static Reply error(int status, String error) {
        return json(status, "{\"errors\":[\"" + error + "\"]}");
    }

    static Reply login(String token, int seconds) {
        return json(
                200,
                "{\"auth\":{\"client_token\":\"" + token + "\",\"renewable\":true,\"lease_duration\":" + seconds
                        + "}}");
    }

    /** A body that ends before it is whole. */
    static Reply cut() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            throw new IOException("cut");
        };
    }

    /** No answer at all until the server is closed. */
    Reply silence() {
        return exchange -> hang();
    }

    /** A status, and no body until the server is closed. */
    Reply headersOnly() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            hang();
        };
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void hang() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        Reply reply;
        synchronized (replies) {
            asked.add(new Asked(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + exchange.getProtocol(),
                    Map.copyOf(exchange.getRequestHeaders()),
                    body));
            reply = replies.isEmpty() ? error(500, "not scripted") : replies.remove();
        }
        reply.to(exchange);
    }
}
