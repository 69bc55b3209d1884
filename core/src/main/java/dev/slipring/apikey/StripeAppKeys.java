package dev.slipring.apikey;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.slipring.rotation.IssuerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Issuers of Stripe's restricted keys that need no operator: an installed Stripe App that may write API keys makes and
 * expires them. Each is a {@link HttpIssuer.Builder} with Stripe's calls filled in.
 *
 * <p>The API is a preview and may change with its version, which is why the version has to be named; it was written
 * against {@code 2026-08-26.preview}, from Stripe's published client libraries and against a double, and never ran
 * against Stripe itself. {@link StripeKeys} is the way that works for everybody.
 *
 * <p>A key is made and another one expired, never rolled by Stripe's own call, which would end the old one at once. A
 * live key comes encrypted to an RSA key that is made for it and forgotten. An expired key may be answered for some
 * minutes. Immutable and safe for use by several threads.
 */
public final class StripeAppKeys {
    private static final String PATH = "/v2/iam/api_keys";
    private static final Pattern VERSION = Pattern.compile("20[0-9]{2}-[01][0-9]-[0-3][0-9][.][a-z]{1,32}");
    private static final Pattern ACCOUNT = Pattern.compile("acct_[A-Za-z0-9]{1,64}");
    private static final Pattern PERMISSION = Pattern.compile("[a-z0-9_]{1,100}");
    private static final int MOST_PAGES = 1000;

    /** A use may be shown with its day only. */
    private static final Duration IDLE_AFTER = Duration.ofHours(25);

    private final URI address;
    private final String version;
    private final @Nullable String account;

    private StripeAppKeys(URI address, String version, @Nullable String account) {
        this.address = address;
        this.version = version;
        this.account = account;
    }

    /**
     * Keys by the preview of the API that is called {@code version}, such as {@code 2026-08-26.preview}.
     *
     * @throws IllegalArgumentException if no version is called like this
     */
    public static StripeAppKeys preview(String version) {
        if (!VERSION.matcher(version).matches()) {
            throw new IllegalArgumentException("a version of the API looks like 2026-08-26.preview");
        }
        return new StripeAppKeys(StripeKeys.STRIPE, version, null);
    }

    /**
     * The same at another address, without {@code /v2}.
     *
     * @throws IllegalArgumentException if keys would travel in the clear: neither {@code https} nor this machine
     */
    public StripeAppKeys address(URI value) {
        return new StripeAppKeys(ProbeCall.checkAddress(value), version, account);
    }

    /**
     * The same for the keys of another account, which has installed the app.
     *
     * @param id as in {@code acct_123}
     * @throws IllegalArgumentException if no account is called like this
     */
    public StripeAppKeys account(String id) {
        if (!ACCOUNT.matcher(id).matches()) {
            throw new IllegalArgumentException("an account is called acct_ and 1 to 64 letters and digits");
        }
        return new StripeAppKeys(address, version, id);
    }

    /**
     * The keys of {@code app}, each called {@code <app>-<slot>-r<sequence>-<rotation id>}. No other secret rotates keys
     * under that name in that account.
     *
     * @param permissions what a key may do, such as {@code charges_read}; at least one
     * @param credential the secret key of the app's owner: {@link KeyHeader#basicUser()}; whether it is live decides
     *     whether the keys are
     * @throws IllegalArgumentException if a name has a character that it cannot have, or no permission is named
     */
    public HttpIssuer.Builder keys(String app, Set<String> permissions, ApiCredential credential) {
        if (permissions.isEmpty()
                || !permissions.stream().allMatch(p -> PERMISSION.matcher(p).matches())) {
            throw new IllegalArgumentException("permissions are one or more of 1 to 100 characters of a-z 0-9 _");
        }
        Set<String> allowed = new TreeSet<>(permissions);
        return HttpIssuer.builder(app, credential)
                .mint((calls, name) -> mint(calls, name, allowed))
                .probe(key -> ApiCredential.in(KeyHeader.basicUser(), key)
                        .on(HttpRequest.newBuilder(address.resolve(StripeKeys.PROBE))))
                .listed(
                        calls -> list(calls).stream()
                                .map(key -> new IssuedKey(ApiReply.required(key, "id"), key.getOrDefault("name", "")))
                                .toList(),
                        this::expire)
                .lastUse((calls, id) -> lastUse(list(calls), id))
                .idleAfter(IDLE_AFTER)
                .revocationDelay(StripeKeys.REVOCATION_DELAY);
    }

    @Override
    public String toString() {
        return "StripeAppKeys[" + address + ", " + version + (account == null ? "" : ", " + account) + "]";
    }

    private MintedKey mint(ApiCalls calls, String name, Set<String> permissions) {
        SealedKey sealed = SealedKey.expected();
        ApiReply made = calls.send(to(PATH).header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(wish(name, permissions, sealed.publicKey()))))
                .granted("make API keys: it belongs to a Stripe App with api_key_write that the account has installed");
        String id = ApiCalls.checkId(made.text("id"), "key");
        Optional<String> encrypted = made.textIfPresent("secret_key", "encrypted_secret", "ciphertext");
        return MintedKey.of(id, encrypted.map(sealed::open).orElseGet(() -> made.secret("secret_key", "token")));
    }

    private static byte[] wish(String name, Set<String> permissions, String publicKey) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(body)) {
            json.writeStartObject();
            json.writeStringField("type", "secret_key");
            json.writeStringField("name", name);
            json.writeArrayFieldStart("permissions");
            for (String permission : permissions) {
                json.writeString(permission);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("public_key");
            json.writeObjectFieldStart("pem_key");
            json.writeStringField("algorithm", "RSA");
            json.writeStringField("data", publicKey);
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("an array cannot fail to be written", e);
        }
        return body.toByteArray();
    }

    private void expire(ApiCalls calls, String id) {
        ApiReply reply = calls.send(
                to(PATH + "/" + ApiCalls.checkId(id, "key") + "/expire").POST(BodyPublishers.noBody()));
        if (reply.status() != 404) { // gone already
            reply.granted("expire API keys");
        }
    }

    /**
     * All keys that are not expired, without the values that Stripe lists of test keys. Of the address of the next page
     * only the query is followed, so that the credential goes nowhere else.
     */
    private List<Map<String, String>> list(ApiCalls calls) {
        List<Map<String, String>> all = new ArrayList<>();
        Set<String> queries = new HashSet<>();
        String query = "limit=100";
        while (queries.add(query) && queries.size() <= MOST_PAGES) {
            ApiReply page = calls.send(to(PATH + "?" + query)).granted("list API keys");
            page.items("data", Set.of("id", "name", "status", "last_used")).stream()
                    .filter(key -> !"expired".equals(key.get("status")))
                    .forEach(all::add);
            Optional<String> next = page.textIfPresent("next_page_url").map(StripeAppKeys::query);
            if (next.isEmpty()) {
                return all;
            }
            query = next.get();
        }
        throw new IssuerException("the pages of a list come to no end");
    }

    private static String query(String url) {
        try {
            String query = URI.create(url).getRawQuery();
            if (query != null) {
                return query;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new IssuerException("the address of the next page of a list has no query");
    }

    /** Never used if it says null; cannot be told if it says nothing. */
    private static Optional<Instant> lastUse(List<Map<String, String>> keys, String id) {
        return keys.stream()
                .filter(key -> id.equals(key.get("id")))
                .findFirst()
                .flatMap(key -> Optional.ofNullable(key.get("last_used")))
                .map(StripeAppKeys::instant);
    }

    private static Instant instant(String text) {
        try {
            return text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IssuerException("the last use of a key is no time");
        }
    }

    private HttpRequest.Builder to(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address.resolve(path)).header("Stripe-Version", version);
        return account == null ? request : request.header("Stripe-Context", account);
    }
}
