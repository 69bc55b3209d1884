package dev.slipring.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A server with a key-value engine, version 2, mounted at {@code secret/}, that keeps the documented rules: versions,
 * check-and-set, {@code max_versions}, {@code delete_version_after}, deletion and destruction, policies, and log-ins by
 * AppRole for a token that lives for an hour from its last renewal, however long ago that was.
 */
public final class FakeKeyValue implements AutoCloseable {
    /** The token of who may do everything. */
    public static final String ROOT = "root-token";

    private static final int MOST_VERSIONS = 10;
    private static final Pattern RULE = Pattern.compile("path \"([^\"]+)\" \\{ capabilities = \\[([^\\]]*)\\] \\}");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Secret> secrets = new TreeMap<>();
    private final Map<String, List<Rule>> policies = new HashMap<>();
    private final Map<String, String> logins = new HashMap<>();
    private int renewals;
    private int requests;
    private int overloaded;
    private int lost;
    private boolean sealed;
    private volatile int longest = 512 * 1024;
    private boolean deletesItself;

    private record Rule(String path, Set<String> capabilities) {
        boolean allows(String asked, String capability) {
            boolean covers =
                    path.endsWith("*") ? asked.startsWith(path.substring(0, path.length() - 1)) : asked.equals(path);
            return covers && capabilities.contains(capability);
        }
    }

    /** One entry: its versions by number, as JSON objects; null where one is gone. */
    private static final class Secret {
        private final Map<Integer, String> versions = new TreeMap<>();
        private final Set<Integer> deleted = new TreeSet<>();
        private int newest;
        private int maxVersions;

        void add(String data) {
            versions.put(++newest, data);
            int kept = maxVersions == 0 ? MOST_VERSIONS : maxVersions;
            versions.keySet().removeIf(number -> number <= newest - kept);
        }
    }

    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;
        private final String body;

        Refusal(int status, String body) {
            this.status = status;
            this.body = body;
        }

        static Refusal of(int status, String error) {
            return new Refusal(status, "{\"errors\":[\"" + error + "\"]}");
        }
    }

    public FakeKeyValue() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/v1/", this::answer);
        server.start();
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Lets the holder of {@code token} do what {@code policy} says, which is in the server's language. */
    public synchronized void allow(String token, String policy) {
        List<Rule> rules = new ArrayList<>();
        Matcher rule = RULE.matcher(policy);
        while (rule.find()) {
            rules.add(new Rule(
                    rule.group(1), Set.of(rule.group(2).replace("\"", "").split(", "))));
        }
        policies.put(token, rules);
    }

    /** Lets who knows {@code secretId} log in for {@code token}, whose holder may do what it is allowed. */
    public synchronized void logIn(String secretId, String token) {
        logins.put(secretId, token);
    }

    /** How often a token was renewed. */
    public synchronized int renewals() {
        return renewals;
    }

    /** As long as {@code value} is true, nothing is answered but that the server is sealed. */
    public synchronized void seal(boolean value) {
        sealed = value;
    }

    /** Lets every write end itself after a time. */
    synchronized void deleteByItself() {
        deletesItself = true;
    }

    /** Refuses so many requests for being too many. */
    public synchronized void overload(int times) {
        overloaded = times;
    }

    /** Does what so many writes ask for, and loses its answers. */
    public synchronized void loseAnswers(int times) {
        lost = times;
    }

    synchronized int requests() {
        return requests;
    }

    /** Deletes the newest version at a path, as an operator may. */
    synchronized void delete(String path) {
        Secret secret = secrets.get(path);
        secret.deleted.add(secret.newest);
    }

    synchronized void undelete(String path) {
        secrets.get(path).deleted.clear();
    }

    synchronized void destroy(String path) {
        secrets.get(path).versions.clear();
    }

    /** Writes an entry as somebody who knows nothing of check-and-set. */
    public synchronized void put(String path, String data) {
        secrets.computeIfAbsent(path, p -> new Secret()).add(data);
    }

    /** The data of the newest version at a path, as JSON. */
    synchronized String plain(String path) {
        Secret secret = secrets.get(path);
        return secret.versions.get(secret.newest);
    }

    /** Everything that is kept, as JSON. */
    synchronized String everything() {
        return secrets.entrySet().stream()
                .map(entry -> entry.getKey() + entry.getValue().versions)
                .collect(Collectors.joining("\n"));
    }

    /** Refuses requests of more characters than {@code most}; as the server's own limit unless told. */
    public void limit(int most) {
        longest = most;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        int status = 200;
        String reply;
        boolean cut = false;
        synchronized (this) {
            requests++;
            try {
                reply = reply(exchange, body);
                cut = exchange.getRequestMethod().equals("POST") && lost-- > 0;
            } catch (Refusal e) {
                status = e.status;
                reply = e.body;
            }
        }
        byte[] bytes = reply.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        if (cut) {
            throw new IOException("the reply is lost"); // the connection ends before its body
        }
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private String reply(HttpExchange exchange, String body) throws Refusal, IOException {
        if (sealed) {
            throw Refusal.of(503, "Vault is sealed");
        } else if (overloaded > 0) {
            overloaded--;
            throw Refusal.of(429, "request path: rate limit quota exceeded");
        } else if (body.length() > longest) {
            throw Refusal.of(413, "http: request body too large");
        }
        String path = exchange.getRequestURI().getPath().substring("/v1/".length());
        boolean lists = "list=true".equals(exchange.getRequestURI().getQuery());
        boolean reads = exchange.getRequestMethod().equals("GET");
        if (path.startsWith("auth/")) {
            return token(exchange, path, body);
        }
        String[] steps = path.split("/", 3);
        if (!steps[0].equals("secret")) {
            admit(exchange, path, "read");
            throw Refusal.of(404, "no handler for route. route entry not found.");
        }
        Secret secret = secrets.get(steps[2]);
        if (lists) {
            admit(exchange, path, "list");
            return keys(steps[2] + "/");
        } else if (reads) {
            admit(exchange, path, "read");
            return read(secret);
        }
        if (exchange.getRequestMethod().equals("DELETE")) {
            admit(exchange, path, "delete");
            if (steps[1].equals("metadata")) {
                secrets.remove(steps[2]);
            } else {
                delete(steps[2]);
            }
            return "";
        } else if (steps[1].equals("destroy") || steps[1].equals("undelete")) {
            admit(exchange, path, "update");
            int version = Integer.parseInt(field(body, "versions").replaceAll("[^0-9]", ""));
            secret.deleted.remove(version);
            if (steps[1].equals("destroy")) {
                secret.versions.remove(version);
            }
            return "";
        }
        admit(exchange, path, secret == null || secret.newest == 0 ? "create" : "update");
        Secret written = secrets.computeIfAbsent(steps[2], p -> new Secret());
        if (steps[1].equals("metadata")) {
            written.maxVersions = Integer.parseInt(field(body, "max_versions"));
            return "";
        }
        if (Integer.parseInt(field(body, "options", "cas")) != written.newest) {
            throw Refusal.of(400, "check-and-set parameter did not match the current version");
        }
        written.add(field(body, "data"));
        return "{\"data\":" + metadata(written) + "}";
    }

    private String token(HttpExchange exchange, String path, String body) throws Refusal, IOException {
        String token;
        if (path.equals("auth/approle/login")) {
            token = logins.get(field(body, "secret_id"));
            if (token == null) {
                throw Refusal.of(400, "invalid role or secret ID");
            }
        } else if (path.equals("auth/token/renew-self")) {
            token = exchange.getRequestHeaders().getFirst("X-Vault-Token");
            if (!logins.containsValue(token)) {
                throw Refusal.of(403, "permission denied");
            }
            renewals++;
        } else {
            throw Refusal.of(404, "no handler for route. route entry not found.");
        }
        return "{\"auth\":{\"client_token\":\"" + token + "\",\"renewable\":true,\"lease_duration\":3600}}";
    }

    private void admit(HttpExchange exchange, String path, String capability) throws Refusal {
        String token = exchange.getRequestHeaders().getFirst("X-Vault-Token");
        boolean allowed = ROOT.equals(token)
                || policies.getOrDefault(token, List.of()).stream().anyMatch(rule -> rule.allows(path, capability));
        if (!allowed) {
            throw Refusal.of(403, "1 error occurred: * permission denied");
        }
    }

    private String keys(String folder) throws Refusal {
        Set<String> keys = secrets.keySet().stream()
                .filter(path -> path.startsWith(folder))
                .map(path -> path.substring(folder.length()))
                .map(rest -> rest.contains("/") ? rest.substring(0, rest.indexOf('/') + 1) : rest)
                .collect(Collectors.toCollection(TreeSet::new));
        if (keys.isEmpty()) {
            throw new Refusal(404, "{\"errors\":[]}");
        }
        return "{\"data\":{\"keys\":[\"" + String.join("\",\"", keys) + "\"]}}";
    }

    private String read(Secret secret) throws Refusal {
        if (secret == null || secret.newest == 0) {
            throw new Refusal(404, "{\"errors\":[]}");
        }
        boolean present = secret.versions.containsKey(secret.newest) && !secret.deleted.contains(secret.newest);
        String data = "{\"data\":{\"data\":" + (present ? secret.versions.get(secret.newest) : "null")
                + ",\"metadata\":" + metadata(secret) + "}}";
        if (!present) {
            throw new Refusal(404, data);
        }
        return data;
    }

    private String metadata(Secret secret) {
        boolean ends = deletesItself || secret.deleted.contains(secret.newest);
        return "{\"created_time\":\"2030-01-01T00:00:00Z\",\"custom_metadata\":null,\"deletion_time\":\""
                + (ends ? "2030-01-01T00:00:01Z" : "") + "\",\"destroyed\":"
                + !secret.versions.containsKey(secret.newest) + ",\"version\":" + secret.newest + "}";
    }

    /** A field of a JSON object: a text or number as it is, an object or array as JSON. */
    private static String field(String json, String... path) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            for (String step : path) {
                String name = parser.nextFieldName();
                while (!step.equals(name)) {
                    parser.nextToken();
                    parser.skipChildren();
                    name = parser.nextFieldName();
                }
                parser.nextToken();
            }
            if (!parser.currentToken().isStructStart()) {
                return parser.getText();
            }
            StringWriter out = new StringWriter();
            try (var generator = new JsonFactory().createGenerator(out)) {
                generator.copyCurrentStructure(parser);
            }
            return out.toString();
        }
    }
}
