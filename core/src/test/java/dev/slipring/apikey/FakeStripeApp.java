package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSAEncrypter;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.slipring.apikey.LoopbackServer.Reply;
import dev.slipring.apikey.LoopbackServer.Request;
import dev.slipring.keyring.SecretValue;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stripe's key API as its client libraries describe it, in live mode unless told: values are encrypted to the public
 * key of the request and shown once, lists come in pages, an expired key goes on for some minutes, and in test mode a
 * list shows the values.
 */
public final class FakeStripeApp implements AutoCloseable {
    /** The preview that it speaks. */
    public static final String VERSION = "2026-08-26.preview";
    /** The account that has installed the app. */
    public static final String ACCOUNT = "acct_1Shop";

    static final Duration BITES_AFTER = Duration.ofMinutes(2);

    private static final String PATH = "/v2/iam/api_keys";
    private static final int PAGE = 2;

    /** What becomes of a request. */
    public enum Fault {
        NONE,
        BROKEN,
        /** The connection breaks and what was asked has happened. */
        LOST_AFTER
    }

    private static final class Key {
        private final String id;
        private final String name;
        private final String token;
        private @Nullable Instant expired;
        private @Nullable Instant used;

        private Key(String id, String name, String token) {
            this.id = id;
            this.name = name;
            this.token = token;
        }
    }

    private final InstantSource clock;
    private final LoopbackServer server;
    private final Map<String, Key> keys = new LinkedHashMap<>();
    private final List<String> requests = new ArrayList<>();
    private Function<String, Fault> faults = line -> Fault.NONE;
    private JWEAlgorithm algorithm = JWEAlgorithm.RSA_OAEP_256;
    private EncryptionMethod method = EncryptionMethod.A256GCM;
    private boolean live = true;
    private boolean installed = true;
    private @Nullable String nextPage;
    private int made;

    public FakeStripeApp(InstantSource clock) {
        this.clock = clock;
        server = new LoopbackServer(clock, this::serve);
    }

    public URI address() {
        return URI.create(server.origin());
    }

    /** The secret key of the app's owner. */
    public SecretValue appKey() {
        return FakeStripe.value("sk_live_theAppsOwnKey0000");
    }

    /** Decides on each request by its method and path. */
    public synchronized void faults(Function<String, Fault> function) {
        faults = function;
    }

    synchronized void seals(JWEAlgorithm keyAlgorithm, EncryptionMethod contentMethod) {
        algorithm = keyAlgorithm;
        method = contentMethod;
    }

    synchronized void testMode() {
        live = false;
    }

    synchronized void uninstall() {
        installed = false;
    }

    /** Every list names {@code url} as its next page. */
    synchronized void nextPage(String url) {
        nextPage = url;
    }

    /** Somebody else makes a key. */
    synchronized void make(String name) {
        add(name);
    }

    /** Names of the keys that are not expired. */
    synchronized List<String> active() {
        return keys.values().stream()
                .filter(key -> key.expired == null)
                .map(key -> key.name)
                .toList();
    }

    /** What was asked, as method, path and body. */
    synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    synchronized boolean knows(SecretValue value) {
        return find(FakeStripe.text(value)) != null;
    }

    /** Whether a key is there and was not expired. */
    synchronized boolean works(SecretValue value) {
        Key key = find(FakeStripe.text(value));
        return key != null && key.expired == null;
    }

    @Override
    public void close() {
        server.close();
    }

    private @Nullable Reply serve(Request request) {
        synchronized (this) {
            requests.add(request.line() + " " + request.body());
            Fault fault = faults.apply(request.line());
            Reply reply = fault == Fault.BROKEN ? reply(500, Map.of()) : answer(request);
            return fault == Fault.LOST_AFTER ? null : reply;
        }
    }

    private static Reply reply(int status, Map<String, ?> body) {
        return new Reply(status, JSONObjectUtils.toJSONString(body));
    }

    private Reply answer(Request request) {
        String line = request.line();
        String pair = request.header("Authorization").substring("Basic ".length());
        String user = new String(Base64.getDecoder().decode(pair), US_ASCII).replaceFirst(":$", "");
        if (line.equals("GET /v1/balance")) {
            return reply(answers(user) ? 403 : 401, Map.of("object", "error"));
        } else if (!user.equals(FakeStripe.text(appKey()))) {
            return reply(401, Map.of());
        } else if (!VERSION.equals(request.header("Stripe-Version"))) {
            return reply(400, Map.of());
        } else if (!installed || !ACCOUNT.equals(request.header("Stripe-Context"))) {
            return reply(403, Map.of());
        } else if (line.equals("POST " + PATH)) {
            return created(request.body());
        } else if (line.startsWith("POST " + PATH + "/") && line.endsWith("/expire")) {
            return expired(line.substring(("POST " + PATH + "/").length(), line.length() - "/expire".length()));
        } else if (line.startsWith("GET " + PATH + "?limit=")) {
            return listed(line);
        }
        return reply(404, Map.of());
    }

    private boolean answers(String token) {
        Key key = find(token);
        if (key == null) {
            return false;
        }
        Instant end = key.expired;
        boolean answered = end == null || clock.instant().isBefore(end.plus(BITES_AFTER));
        if (answered) {
            key.used = clock.instant();
        }
        return answered;
    }

    private @Nullable Key find(String token) {
        return keys.values().stream()
                .filter(key -> key.token.equals(token))
                .findFirst()
                .orElse(null);
    }

    private Reply created(String body) {
        try {
            Map<String, Object> wish = JSONObjectUtils.parse(body);
            Map<String, Object> pem =
                    JSONObjectUtils.getJSONObject(JSONObjectUtils.getJSONObject(wish, "public_key"), "pem_key");
            Key key = add(JSONObjectUtils.getString(wish, "name"));
            Map<String, ?> secret = live
                    ? Map.of(
                            "encrypted_secret",
                            Map.of("format", "jwe_compact", "ciphertext", sealed(key.token, (String) pem.get("data"))))
                    : Map.of("token", key.token);
            return reply(200, Map.of("object", "v2.iam.api_key", "id", key.id, "secret_key", secret));
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            return reply(400, Map.of());
        }
    }

    private String sealed(String token, String pem) throws JOSEException {
        JWEObject jwe = new JWEObject(new JWEHeader(algorithm, method), new Payload(token));
        jwe.encrypt(new RSAEncrypter(publicKey(pem)));
        return jwe.serialize();
    }

    private static RSAPublicKey publicKey(String pem) {
        String body = pem.replace("-----BEGIN PUBLIC KEY-----\n", "").replace("\n-----END PUBLIC KEY-----\n", "");
        try {
            return (RSAPublicKey) KeyFactory.getInstance("RSA")
                    .generatePublic(
                            new X509EncodedKeySpec(Base64.getMimeDecoder().decode(body)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("no public key", e);
        }
    }

    private Key add(String name) {
        made++;
        Key key = new Key("mk_" + made, name, (live ? "rk_live_" : "rk_test_") + "5nQ2vXb7KzR9tLm" + made);
        keys.put(key.id, key);
        return key;
    }

    private Reply expired(String id) {
        Key key = keys.get(id);
        if (key == null) {
            return reply(404, Map.of());
        }
        key.expired = key.expired == null ? clock.instant() : key.expired;
        return reply(200, Map.of("id", id, "status", "expired"));
    }

    private Reply listed(String query) {
        int at = query.contains("page=") ? Integer.parseInt(query.replaceFirst(".*page=", "")) : 0;
        List<Key> active =
                keys.values().stream().filter(key -> key.expired == null).toList();
        List<Map<String, ?>> data = new ArrayList<>();
        for (Key key : active.subList(Math.min(at, active.size()), Math.min(at + PAGE, active.size()))) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("id", key.id);
            item.put("name", key.name);
            item.put("status", "active");
            item.put("last_used", key.used == null ? null : key.used.toString());
            item.put("permissions", List.of("charges_read"));
            item.put("secret_key", live ? Map.of() : Map.of("token", key.token));
            data.add(item);
        }
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("data", data);
        page.put(
                "next_page_url",
                nextPage != null
                        ? nextPage
                        : at + PAGE < active.size()
                                ? "https://api.stripe.com" + PATH + "?limit=100&page=" + (at + PAGE)
                                : null);
        return reply(200, page);
    }
}
