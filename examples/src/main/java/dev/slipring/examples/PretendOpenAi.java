package dev.slipring.examples;

import dev.slipring.examples.ServiceAccounts.Created;
import dev.slipring.examples.ServiceAccounts.Listed;
import dev.slipring.examples.WebServer.Request;
import dev.slipring.keyring.SecretValue;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Stands in for OpenAI on the loopback interface: as much of its API as the demo calls, and as it is documented. Keys
 * are shown once; deleting a service account is the only way to revoke its key, and that takes a moment, in which
 * the key is still answered now and then; and a few calls are answered by 429 or 500, whoever makes them. Safe for
 * use by several threads.
 */
final class PretendOpenAi implements WebServer.Application, AutoCloseable {
    /** The one project. */
    static final String PROJECT = "proj_demo";

    /** A text with this word is flagged. */
    static final String FLAGGED_WORD = "spam";

    private static final String ACCOUNTS = "/v1/organization/projects/" + PROJECT + "/service_accounts";
    private static final String KEYS = "/v1/organization/projects/" + PROJECT + "/api_keys";
    private static final Pattern NAME = Pattern.compile("\"name\":\"([^\"]+)\"");
    private static final int TOO_MANY_EVERY = 89;
    private static final int ERROR_EVERY = 113;

    private final ServiceAccounts accounts;
    private final String adminKey = random();
    private final AtomicLong asked = new AtomicLong();
    private final WebServer server;

    /** Begins to serve with these accounts. */
    PretendOpenAi(ServiceAccounts accounts) {
        this.accounts = accounts;
        server = WebServer.start("pretend-openai", this);
    }

    /**
     * Begins to serve.
     *
     * @param file where accounts are remembered for the next run, if a store remembers their keys
     * @throws CannotRunException if that cannot be read, or no port is to be had
     */
    static PretendOpenAi start(Optional<Path> file) {
        try {
            return new PretendOpenAi(new ServiceAccounts(InstantSource.system(), file));
        } catch (UncheckedIOException e) {
            throw new CannotRunException("the accounts of an earlier run cannot be read: " + e.getMessage(), e);
        }
    }

    /** What every address begins with. */
    URI base() {
        return URI.create("http://127.0.0.1:" + server.port() + "/v1");
    }

    /** The key that service accounts are made with; the caller's to wipe. */
    SecretValue adminKey() {
        return SecretValue.copyOf(adminKey.getBytes(StandardCharsets.US_ASCII));
    }

    /** Deletes an account as a person does in the dashboard. */
    void delete(String account) {
        accounts.delete(account);
    }

    @Override
    public void close() {
        server.close();
    }

    @Override
    public Reply answer(Request request) {
        long number = asked.incrementAndGet();
        if (number % TOO_MANY_EVERY == 0) {
            return error(429, "rate_limit_exceeded");
        } else if (number % ERROR_EVERY == 0) {
            return error(500, "server_error");
        }
        String authorization = request.header("Authorization");
        String key = authorization.startsWith("Bearer ") ? authorization.substring("Bearer ".length()) : "";
        if (request.path().startsWith("/v1/organization/")) {
            return key.equals(adminKey) ? administered(request) : error(401, "invalid_api_key");
        }
        return accounts.answers(key) ? used(request) : error(401, "invalid_api_key");
    }

    private Reply administered(Request request) {
        String path = request.path();
        String one = path.startsWith(ACCOUNTS + "/") ? path.substring(ACCOUNTS.length() + 1) : "";
        return switch (request.method() + " " + (one.isEmpty() ? path : ACCOUNTS + "/*")) {
            case "POST " + ACCOUNTS -> create(request.body());
            case "GET " + ACCOUNTS -> list(PretendOpenAi::account);
            case "GET " + KEYS -> list(PretendOpenAi::key);
            case "DELETE " + ACCOUNTS + "/*" ->
                accounts.delete(one)
                        ? Reply.json(200, new Json().put("id", one).put("deleted", true))
                        : error(404, "not_found");
            default -> error(404, "not_found");
        };
    }

    private static Reply used(Request request) {
        return switch (request.method() + " " + request.path()) {
            case "GET /v1/models" ->
                Reply.json(200, new Json().put("object", "list").raw("data", "[]"));
            case "POST /v1/moderations" -> moderated(request.body());
            default -> error(404, "not_found");
        };
    }

    private static Reply moderated(String body) {
        Json result = new Json().put("flagged", body.contains(FLAGGED_WORD));
        return Reply.json(200, new Json().put("id", "modr-1").raw("results", "[" + result + "]"));
    }

    private Reply create(String body) {
        Matcher name = NAME.matcher(body);
        if (!name.find()) {
            return error(400, "missing_required_parameter");
        }
        Created made = accounts.create(name.group(1));
        return Reply.json(
                200,
                new Json()
                        .put("id", made.id())
                        .put("name", made.name())
                        .raw("api_key", new Json().put("value", made.key()).toString()));
    }

    private Reply list(Function<Listed, Json> shown) {
        String data = accounts.list().stream()
                .map(listed -> shown.apply(listed).toString())
                .collect(Collectors.joining(",", "[", "]"));
        return Reply.json(
                200, new Json().put("object", "list").raw("data", data).put("has_more", false));
    }

    private static Json account(Listed listed) {
        return new Json().put("id", listed.id()).put("name", listed.name());
    }

    private static Json key(Listed listed) {
        Json owner = new Json()
                .put("type", "service_account")
                .raw("service_account", account(listed).toString());
        return new Json()
                .put("id", "key_" + listed.id())
                .put("redacted_value", listed.redacted())
                .raw(
                        "last_used_at",
                        listed.lastUsed()
                                .map(Instant::getEpochSecond)
                                .map(String::valueOf)
                                .orElse("null"))
                .raw("owner", owner.toString());
    }

    private static Reply error(int status, String code) {
        return Reply.json(
                status, new Json().raw("error", new Json().put("code", code).toString()));
    }

    private static String random() {
        byte[] drawn = new byte[24];
        new SecureRandom().nextBytes(drawn);
        return "sk-admin-" + HexFormat.of().formatHex(drawn);
    }
}
