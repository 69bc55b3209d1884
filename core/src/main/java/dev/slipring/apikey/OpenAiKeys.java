package dev.slipring.apikey;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.IssuerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Issuers of OpenAI's keys: those that an application calls models with, and the admin keys that those are made with.
 * Each is a {@link HttpIssuer.Builder} with OpenAI's calls filled in, whose other options can still be set.
 *
 * <p>Every version of an application's key is a service account of its own in a project, since deleting the account is
 * the only way to revoke its key. A key is shown once, when it is made. A deleted one may be answered for some minutes.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class OpenAiKeys {
    /** For how long a deleted key may still be answered now and then, unless the builder is told. */
    public static final Duration REVOCATION_DELAY = Duration.ofMinutes(5);

    private static final URI API = URI.create("https://api.openai.com/v1");
    private static final Duration LONGEST_LIFE = Duration.ofDays(365);
    private static final Pattern REDACTED = Pattern.compile("([!-~&&[^.*]]*)(?:[.]{2,}|[*]+|\u2026)([!-~&&[^.*]]+)");
    private static final int MOST_PAGES = 1000;

    private final String root;
    private final @Nullable Duration life;

    private OpenAiKeys(String root, @Nullable Duration life) {
        this.root = root;
        this.life = life;
    }

    /** Keys of {@code https://api.openai.com/v1}. */
    public static OpenAiKeys standard() {
        return at(API);
    }

    /**
     * Keys of an API at another address, such as a gateway's or a regional one.
     *
     * @param base what comes before {@code /organization} and {@code /models}; by https, or to this machine
     * @throws IllegalArgumentException if it has a query, a fragment or user information
     */
    public static OpenAiKeys at(URI base) {
        if (!base.isAbsolute() || base.getHost() == null || base.getRawUserInfo() != null || hasTail(base)) {
            throw new IllegalArgumentException("a base address has a scheme, a host and perhaps a path, nothing else");
        }
        String text = base.toString();
        return new OpenAiKeys(text.endsWith("/") ? text.substring(0, text.length() - 1) : text, null);
    }

    private static boolean hasTail(URI base) {
        return base.getRawQuery() != null || base.getRawFragment() != null;
    }

    /**
     * The same, with keys that end by themselves: a last resort, should nothing revoke them. Longer than the policy's
     * maximum age and overlap together, or a key ends while it is in use.
     *
     * @param life 1 s to 365 days, in whole seconds
     * @throws IllegalArgumentException if it is out of range
     */
    public OpenAiKeys expiringAfter(Duration life) {
        if (life.toSeconds() < 1 || life.compareTo(LONGEST_LIFE) > 0) {
            throw new IllegalArgumentException("a key lives for 1 s to 365 days, not " + life);
        }
        return new OpenAiKeys(root, life);
    }

    /**
     * The keys of {@code app} in a project, each of a service account that is called
     * {@code <app>-<slot>-r<sequence>-<rotation id>}. No other secret rotates keys under that name in that project.
     *
     * @param project its id, as in {@code proj_abc}
     * @param admin an admin key that may manage the project's service accounts
     * @throws IllegalArgumentException if a name has a character that it cannot have
     */
    public HttpIssuer.Builder serviceAccounts(String project, String app, ApiCredential admin) {
        String path = "/organization/projects/" + ApiCalls.checkId(project, "project") + "/";
        String accounts = path + "service_accounts";
        String right = " the service accounts and keys of project " + project + ": it needs to be an admin key with"
                + " the scope api.management.";
        String owner = "owner.service_account.id";
        Function<ApiCalls, List<Map<String, String>>> keys =
                calls -> list(calls, path + "api_keys?owner_project_access=any&", "see" + right + "read");
        return builder(app, admin)
                .mint((calls, name) -> {
                    ApiReply made = calls.send(post(accounts, name)).granted("create" + right + "write");
                    return MintedKey.of(
                            ApiCalls.checkId(made.text("id"), "service account"), made.secret("api_key", "value"));
                })
                .probe(key -> ApiCredential.bearer(key).on(to("/models")))
                .listed(
                        calls -> issued(list(calls, accounts + "?", "see" + right + "read")),
                        (calls, id) -> delete(calls, accounts, id, "delete" + right + "write"))
                .lastUse((calls, id) -> lastUse(keys.apply(calls), owner, id))
                .identify((calls, value) -> only(keys.apply(calls), owner, value));
    }

    /**
     * The organization's admin keys called {@code <app>-<slot>-r<sequence>-<rotation id>}: what the credential of
     * {@link #serviceAccounts} rotates by. The first one is made by hand and adopted.
     *
     * @param app no other secret rotates admin keys under that name
     * @param admin an admin key that may manage admin keys, such as the one that is rotated
     * @throws IllegalArgumentException if the name has a character that it cannot have
     */
    public HttpIssuer.Builder adminKeys(String app, ApiCredential admin) {
        String path = "/organization/admin_api_keys";
        String right = " admin keys: it needs to be an admin key with the scope api.management.";
        Function<ApiCalls, List<Map<String, String>>> keys = calls -> list(calls, path + "?", "see" + right + "read");
        return builder(app, admin)
                .mint((calls, name) -> {
                    ApiReply made = calls.send(post(path, name)).granted("create" + right + "write");
                    return MintedKey.of(ApiCalls.checkId(made.text("id"), "key"), made.secret("value"));
                })
                .probe(key -> ApiCredential.bearer(key).on(to(path + "?limit=1")))
                .listed(
                        calls -> issued(keys.apply(calls)),
                        (calls, id) -> delete(calls, path, id, "delete" + right + "write"))
                .lastUse((calls, id) -> lastUse(keys.apply(calls), "id", id))
                .identify((calls, value) -> only(keys.apply(calls), "id", value));
    }

    @Override
    public String toString() {
        return "OpenAiKeys[" + root + "]";
    }

    private static HttpIssuer.Builder builder(String app, ApiCredential admin) {
        return HttpIssuer.builder(app, admin).revocationDelay(REVOCATION_DELAY);
    }

    // ---- requests

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(root + path));
    }

    private HttpRequest.Builder post(String path, String name) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(body)) {
            json.writeStartObject();
            json.writeStringField("name", name);
            if (life != null) {
                json.writeNumberField("expires_in_seconds", life.toSeconds());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("an array cannot fail to be written", e);
        }
        return to(path).header("Content-Type", "application/json").POST(BodyPublishers.ofByteArray(body.toByteArray()));
    }

    private void delete(ApiCalls calls, String path, String id, String right) {
        ApiReply reply = calls.send(
                to(path + "/" + ApiCalls.checkId(id, "key or account")).DELETE());
        if (reply.status() != 404) { // gone already
            reply.granted(right);
        }
    }

    /** All pages of a list; {@code path} ends where a further parameter can follow. */
    private List<Map<String, String>> list(ApiCalls calls, String path, String right) {
        List<Map<String, String>> all = new ArrayList<>();
        Set<String> cursors = new HashSet<>();
        String after = "";
        while (cursors.add(after) && cursors.size() <= MOST_PAGES) {
            ApiReply page = calls.send(to(path + "limit=100" + after)).granted(right);
            List<Map<String, String>> items = page.items("data");
            all.addAll(items);
            if (!page.truth("has_more")) {
                return all;
            } else if (items.isEmpty()) {
                break;
            }
            after = "&after=" + ApiCalls.checkId(ApiReply.required(items.get(items.size() - 1), "id"), "cursor");
        }
        throw new IssuerException("the pages of a list come to no end");
    }

    // ---- what replies say

    private static List<IssuedKey> issued(List<Map<String, String>> items) {
        return items.stream()
                .map(item -> new IssuedKey(ApiReply.required(item, "id"), item.getOrDefault("name", "")))
                .toList();
    }

    /** The last use of all keys of one owner; cannot be told if a key does not say, or none is shown. */
    private static Optional<Instant> lastUse(List<Map<String, String>> keys, String owner, String id) {
        List<@Nullable String> uses = new ArrayList<>();
        keys.stream().filter(key -> id.equals(key.get(owner))).forEach(key -> uses.add(key.get("last_used_at")));
        if (uses.isEmpty() || uses.contains(null)) {
            return Optional.empty();
        }
        return uses.stream().map(OpenAiKeys::instant).max(Instant::compareTo);
    }

    private static Instant instant(@Nullable String seconds) {
        String text = Objects.requireNonNull(seconds, "seconds");
        try {
            return text.isEmpty() ? Instant.EPOCH : Instant.ofEpochSecond(Long.parseLong(text));
        } catch (RuntimeException e) {
            throw new IssuerException("the last use of a key is no time in seconds");
        }
    }

    /** The owner of the one key that looks like {@code value} where it is redacted; nothing if several do. */
    private static Optional<String> only(List<Map<String, String>> keys, String owner, SecretValue value) {
        List<String> owners = keys.stream()
                .filter(key -> value.reveal(bytes -> looksLike(key.getOrDefault("redacted_value", ""), bytes)))
                .map(key -> key.getOrDefault(owner, ""))
                .toList();
        return owners.size() == 1 ? Optional.of(owners.get(0)).filter(id -> !id.isEmpty()) : Optional.empty();
    }

    /** Whether {@code redacted}, as in {@code sk-abc...xyz}, begins and ends like {@code key}. */
    private static boolean looksLike(String redacted, byte[] key) {
        Matcher parts = REDACTED.matcher(redacted);
        if (!parts.matches()) {
            return false;
        }
        byte[] start = parts.group(1).getBytes(StandardCharsets.US_ASCII);
        byte[] end = parts.group(2).getBytes(StandardCharsets.US_ASCII);
        return start.length + end.length <= key.length
                && Arrays.equals(start, 0, start.length, key, 0, start.length)
                && Arrays.equals(end, 0, end.length, key, key.length - end.length, key.length);
    }
}
