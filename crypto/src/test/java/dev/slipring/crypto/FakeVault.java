package dev.slipring.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slipring.keyring.SecretValue;
import dev.slipring.vault.VaultAuthentication;
import dev.slipring.vault.VaultClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server on loopback that heeds the documented rules of the transit engine: versions, associated data, the oldest
 * versions that decrypt and encrypt, policies, sealing. It can be down, overloaded, deaf, and lose or spoil replies.
 */
final class FakeVault implements AutoCloseable, VaultServer {
    private static final String ROOT = "root-token";
    private static final String NAMESPACE = "team";
    private static final Pattern FIELD = Pattern.compile("\"([a-z_]+)\":(?:\"([^\"]*)\"|([0-9]+))");
    private static final Pattern ROUTE =
            Pattern.compile("/v1/transit/(encrypt|decrypt|rewrap|keys)/([\\w.-]+)(/\\w+)?");

    private final Map<String, FakeTransitKey> keys = new HashMap<>();
    private final Map<String, List<String>> tokens = new HashMap<>(Map.of(ROOT, List.of("")));
    private final List<String> lines = new ArrayList<>();
    private final int port;
    private HttpServer server;
    private ExecutorService threads;
    private boolean sealed;
    private int overloaded;
    private int lost;
    private int lostRotations;
    private String garbage = "";

    /** A refusal. */
    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;

        private final int status;

        Refusal(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    FakeVault() {
        start(0);
        port = server.getAddress().getPort();
    }

    /** As if the process had ended, or begun anew. */
    void down(boolean value) {
        if (value) {
            stop();
        } else {
            start(port);
        }
    }

    @Override
    public synchronized void sealed(boolean value) {
        sealed = value;
    }

    /** The next {@code requests} are too many. */
    synchronized void overloaded(int requests) {
        overloaded = requests;
    }

    /** The next {@code requests} are done, and their replies lost. */
    synchronized void losing(int requests) {
        lost = requests;
    }

    /** The next {@code requests} to rotate a key are done, and their replies lost. */
    synchronized void losingRotations(int requests) {
        lostRotations = requests;
    }

    /** Answers with this instead, unless it is empty. */
    synchronized void garbage(String value) {
        garbage = value;
    }

    /** What was asked, as method and path. */
    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public VaultClient.Builder client() {
        return client(ROOT);
    }

    @Override
    public synchronized VaultClient.Builder limited(String... paths) {
        String token = "s.limited-" + tokens.size();
        tokens.put(token, List.of(paths));
        return client(token);
    }

    @Override
    public VaultClient.Builder stranger() {
        return client("s.stranger");
    }

    private VaultClient.Builder client(String token) {
        return VaultClient.builder(
                URI.create("http://127.0.0.1:" + port),
                VaultAuthentication.token(SecretValue.copyOf(token.getBytes(US_ASCII))));
    }

    @Override
    public void close() {
        stop();
    }

    private void start(int at) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        int status = 200;
        String reply;
        boolean cut;
        synchronized (this) {
            lines.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            try {
                admit(exchange);
                reply = "{\"data\":" + reply(exchange, fields(body)) + "}";
            } catch (Refusal e) {
                status = e.status;
                reply = "{\"errors\":[\"" + e.getMessage() + "\"]}";
            }
            cut = lost-- > 0 || (exchange.getRequestURI().getPath().endsWith("/rotate") && lostRotations-- > 0);
            reply = garbage.isEmpty() ? reply : garbage;
        }
        byte[] bytes = reply.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        if (cut) {
            throw new IOException("the reply is lost"); // the connection ends before its body
        }
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void admit(HttpExchange exchange) throws Refusal {
        if (sealed) {
            throw new Refusal(503, "Vault is sealed");
        } else if (overloaded > 0) {
            overloaded--;
            throw new Refusal(429, "request path: rate limit quota exceeded");
        }
        String namespace = exchange.getRequestHeaders().getFirst("X-Vault-Namespace");
        if (namespace != null && !namespace.equals(NAMESPACE)) {
            throw new Refusal(404, "namespace not found");
        }
        String token = exchange.getRequestHeaders().getFirst("X-Vault-Token");
        String path = exchange.getRequestURI().getPath().substring("/v1/".length());
        if (tokens.getOrDefault(token, List.of()).stream().noneMatch(path::startsWith)) {
            throw new Refusal(403, "permission denied");
        }
    }

    private String reply(HttpExchange exchange, Map<String, String> fields) throws Refusal {
        Matcher route = ROUTE.matcher(exchange.getRequestURI().getPath());
        if (!route.matches()) {
            throw new Refusal(404, "no handler for route");
        }
        String name = route.group(2);
        String operation = route.group(1) + (route.group(3) == null ? "" : route.group(3));
        boolean reads = exchange.getRequestMethod().equals("GET");
        if (!reads && (operation.equals("keys") || operation.equals("encrypt"))) {
            keys.computeIfAbsent(name, key -> new FakeTransitKey()); // encrypting makes a key that is missing, too
        }
        FakeTransitKey key = keys.get(name);
        if (key == null) {
            throw reads ? new Refusal(404, "") : new Refusal(400, "encryption key not found");
        }
        try {
            return switch (operation) {
                case "encrypt" -> key.encrypt(fields);
                case "decrypt" -> "{\"plaintext\":\"" + key.decrypt(fields) + "\"}";
                case "rewrap" -> key.rewrap(fields);
                case "keys/rotate" -> key.rotate();
                case "keys/config" -> key.configure(fields);
                case "keys" -> key.status();
                default -> throw new Refusal(404, "unsupported path");
            };
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, e.getMessage());
        }
    }

    private static Map<String, String> fields(String body) {
        Map<String, String> fields = new HashMap<>();
        Matcher field = FIELD.matcher(body);
        while (field.find()) {
            fields.put(field.group(1), field.group(2) == null ? field.group(3) : field.group(2));
        }
        return fields;
    }
}
