package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slipring.keyring.SecretValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stripe as far as keys are tried there: a key works until some minutes after it was expired, and in those minutes one
 * node knows and another does not. Safe for use by several threads.
 */
public final class FakeStripe implements AutoCloseable {
    /** How long an expired key goes on, and then how long its refusals are not to be relied on. */
    static final Duration BITES_AFTER = Duration.ofMinutes(2);

    static final Duration SETTLED_AFTER = Duration.ofMinutes(4);

    /** How it answers. */
    public enum Mood {
        WELL,
        LIMITED,
        BROKEN,
        CUT,
        SILENT,
        ELSEWHERE
    }

    private final InstantSource clock;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<String> made = new HashSet<>();
    private final Map<String, Instant> expired = new HashMap<>();
    private final Set<String> withoutRights = new HashSet<>();
    private final List<String> asked = new ArrayList<>();
    private Mood mood = Mood.WELL;
    private URI elsewhere = URI.create("http://127.0.0.1:1/");

    public FakeStripe(InstantSource clock) {
        this.clock = clock;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The dashboard: a new key of that kind, such as {@code rk_live}. */
    synchronized SecretValue make(String kind) {
        String key = kind + "_" + "5nQ2vXb7KzR9tLm" + (made.size() + 1000) + "Yw";
        made.add(key);
        return value(key);
    }

    /** The dashboard: {@code key} is a new one. */
    public synchronized void made(SecretValue key) {
        made.add(text(key));
    }

    /** The dashboard: the key is to end. */
    public synchronized void expire(SecretValue key) {
        expired.putIfAbsent(text(key), clock.instant());
    }

    synchronized void limit(SecretValue key) {
        withoutRights.add(text(key));
    }

    public synchronized void is(Mood next) {
        mood = next;
    }

    synchronized void redirectTo(URI uri) {
        mood = Mood.ELSEWHERE;
        elsewhere = uri;
    }

    /** What was asked so far, with the key that was presented. */
    synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    /** Whether calls of the application with {@code key} succeed for sure. */
    synchronized boolean accepts(SecretValue key) {
        Instant end = expired.get(text(key));
        return made.contains(text(key)) && (end == null || clock.instant().isBefore(end.plus(BITES_AFTER)));
    }

    static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(US_ASCII));
    }

    static String text(SecretValue value) {
        return value.reveal(bytes -> new String(bytes, US_ASCII));
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        String pair = new String(Base64.getDecoder().decode(authorization.substring("Basic ".length())), US_ASCII);
        String key = pair.substring(0, pair.length() - 1);
        Mood now;
        synchronized (this) {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + key);
            now = mood;
        }
        switch (now) {
            case WELL -> reply(exchange, status(key));
            case LIMITED -> reply(exchange, 429);
            case BROKEN -> reply(exchange, 500);
            case CUT -> exchange.close();
            case SILENT -> hang();
            case ELSEWHERE -> {
                exchange.getResponseHeaders().add("Location", elsewhere.toString());
                reply(exchange, 302);
            }
        }
    }

    private synchronized int status(String key) {
        if (!made.contains(key)) {
            return 401;
        }
        Instant end = expired.get(key);
        Instant now = clock.instant();
        boolean flaps = end != null && now.isBefore(end.plus(SETTLED_AFTER)) && asked.size() % 2 == 0;
        if (end == null || now.isBefore(end.plus(BITES_AFTER)) || flaps) {
            return withoutRights.contains(key) ? 403 : 200;
        }
        return 401;
    }

    /** The body quotes the key, as an error of a careless service would. */
    private void reply(HttpExchange exchange, int status) throws IOException {
        byte[] body = ("{\"error\":{\"message\":\"Invalid API Key provided: "
                        + exchange.getRequestHeaders().getFirst("Authorization") + "\"}}")
                .getBytes(US_ASCII);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void hang() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
