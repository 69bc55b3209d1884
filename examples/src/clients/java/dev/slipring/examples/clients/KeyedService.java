package dev.slipring.examples.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A service on this machine that knows some bearer tokens; it answers in JSON as OpenAI and Stripe might. */
final class KeyedService implements AutoCloseable {
    private static final String FAILURE = "{\"error\":{\"message\":\"no\",\"type\":\"invalid_request_error\"}}";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<String> alive = ConcurrentHashMap.newKeySet();
    private final Queue<String> pages = new ConcurrentLinkedQueue<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private volatile String location = "";

    /** A request: the key in it, "none" if there is none; what makes it the same as another; and its body. */
    record Asked(String key, String idempotency, String body) {}

    KeyedService() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void accept(String key) {
        alive.add(key);
    }

    void revoke(String key) {
        alive.remove(key);
    }

    /** What those hear whose key is known; 200 unless told. */
    void answer(int value) {
        status = value;
    }

    /** The items on the pages of what they list, a page for each answer; nothing unless told. */
    void list(String... items) {
        pages.addAll(List.of(items));
    }

    private String page() {
        String items = Objects.requireNonNullElse(pages.poll(), "");
        return "{\"object\":\"list\",\"url\":\"/v1/things\",\"data\":[%s],\"has_more\":%s}"
                .formatted(items, !pages.isEmpty());
    }

    /** Sends those elsewhere. */
    void redirect(URI to) {
        status = 302;
        location = to.toString();
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    /** The keys of the requests so far, which are forgotten. */
    List<String> keys() {
        List<String> keys = asked.stream().map(Asked::key).toList();
        asked.clear();
        return keys;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String authorization = header(exchange, "Authorization");
        String key = authorization.startsWith("Bearer ") ? authorization.substring(7) : authorization;
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        asked.add(new Asked(key, header(exchange, "Idempotency-Key"), body));
        int reply = alive.contains(key) ? status : 401;
        if (reply == 401) {
            exchange.getResponseHeaders().add("WWW-Authenticate", "Bearer realm=\"api\"");
        }
        if (reply == 302) {
            exchange.getResponseHeaders().add("Location", location);
        }
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        byte[] text = (reply == 200 ? page() : FAILURE).getBytes(UTF_8);
        exchange.sendResponseHeaders(reply, text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    private static String header(HttpExchange exchange, String name) {
        List<String> values = exchange.getRequestHeaders().getOrDefault(name, List.of("none"));
        return String.join(" and ", values);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
