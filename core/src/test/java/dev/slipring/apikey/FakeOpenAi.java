package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.slipring.apikey.LoopbackServer.Reply;
import dev.slipring.keyring.SecretValue;
import dev.slipring.testing.ManualClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's API for service accounts, keys and admin keys, on loopback and as it is documented: values are shown once, a
 * service account's key cannot be deleted, a deleted account's key fades over a delay in which it is answered now and
 * then, lists come in pages, and the default filter of keys hides some. Time is a manual clock's, the header Date too.
 * Before any request a fault can be planned. Safe for use by several threads.
 */
final class FakeOpenAi implements AutoCloseable {
    static final String PROJECT = "proj_abc";

    private static final Pattern NAME = Pattern.compile("\"name\":\"([^\"]*)\"");
    private static final Pattern EXPIRY = Pattern.compile("\"expires_in_seconds\":([0-9]+)");

    private final ManualClock clock;
    private final LoopbackServer server;
    private final SplittableRandom random = new SplittableRandom(7);
    private final List<String> asked = new ArrayList<>();
    private final List<String> bodies = new ArrayList<>();
    private final Map<String, Owner> accounts = new TreeMap<>();
    private final Map<String, Owner> admins = new TreeMap<>();
    private final List<Key> keys = new ArrayList<>();
    private final String rootValue;
    private int made;
    private Function<String, Fault> faults = line -> Fault.NONE;
    private Duration fading = Duration.ZERO;
    private boolean adminMayWrite = true;
    private boolean hidesKeys;
    private boolean tellsUse = true;

    /** What goes wrong with a request. */
    record Fault(boolean effect, int status, boolean cut) {
        static final Fault NONE = new Fault(true, 0, false);
        static final Fault CUT_BEFORE = new Fault(false, 0, true);
        static final Fault CUT_AFTER = new Fault(true, 0, true);

        static Fault status(int status) {
            return new Fault(false, status, false);
        }
    }

    /** A service account, or an admin key. */
    private record Owner(String id, String name, Instant createdAt) {}

    private static final class Key {
        final String id;
        final String value;
        final Owner owner;
        final boolean admin;
        final @Nullable Instant expiresAt;

        @Nullable
        Instant lastUsedAt;

        @Nullable
        Instant deletedAt;

        Key(String id, String value, Owner owner, boolean admin, @Nullable Instant expiresAt) {
            this.id = id;
            this.value = value;
            this.owner = owner;
            this.admin = admin;
            this.expiresAt = expiresAt;
        }
    }

    private static Reply refused(int status) {
        return new Reply(status, "{\"error\":{\"message\":\"refused\",\"code\":\"x\"}}");
    }

    FakeOpenAi(ManualClock clock) {
        this.clock = clock;
        rootValue = admin("root", 0).value;
        server = new LoopbackServer(clock, this::handle);
    }

    URI base() {
        return URI.create(server.origin() + "/v1");
    }

    /** The admin key that is there from the beginning. */
    SecretValue rootKey() {
        return SecretValue.copyOf(rootValue.getBytes(ISO_8859_1));
    }

    synchronized String rootId() {
        return admins.values().iterator().next().id;
    }

    // ---- what a test arranges

    /** What goes wrong, by a request's line as in {@code POST /organization/admin_api_keys}. */
    synchronized void faults(Function<String, Fault> byLine) {
        faults = byLine;
    }

    /** From now on a deleted key is answered every other time or so for so long. */
    synchronized void fading(Duration delay) {
        fading = delay;
    }

    synchronized void adminMayWrite(boolean may) {
        adminMayWrite = may;
    }

    /** Whether keys of service accounts are listed only if all owners are asked for. */
    synchronized void hidesKeys(boolean hides) {
        hidesKeys = hides;
    }

    /** Whether lists have the field that says when a key was used. */
    synchronized void tellsUse(boolean tells) {
        tellsUse = tells;
    }

    /** Makes an account as somebody else does; returns its id. */
    synchronized String account(String name) {
        return create(name, 0).owner.id;
    }

    synchronized String valueOf(String accountId) {
        return keys.stream()
                .filter(key -> key.owner.id.equals(accountId))
                .findFirst()
                .orElseThrow()
                .value;
    }

    /** Makes an admin key go at once, as its owner does by hand. */
    synchronized void endRoot() {
        end(admins, rootId());
    }

    // ---- what a test looks at

    /** Names of the service accounts that exist. */
    synchronized List<String> accounts() {
        return accounts.values().stream().map(Owner::name).sorted().toList();
    }

    synchronized List<String> adminNames() {
        return admins.values().stream().map(Owner::name).sorted().toList();
    }

    /** Whether a key of this value is not deleted. */
    synchronized boolean knows(SecretValue value) {
        String text = value.reveal(bytes -> new String(bytes, ISO_8859_1));
        return keys.stream().anyMatch(key -> key.value.equals(text) && key.deletedAt == null && !expired(key));
    }

    /** The lines of what was asked, in order. */
    synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    synchronized List<String> bodies() {
        return List.copyOf(bodies);
    }

    synchronized List<String> values() {
        return keys.stream().map(key -> key.value).toList();
    }

    // ---- the API

    private synchronized Reply answer(String method, String target, String bearer, String body) {
        URI uri = URI.create(target);
        String path = uri.getPath().substring("/v1".length());
        Map<String, String> query = query(uri.getQuery());
        String projects = "/organization/projects/";
        if (path.equals("/models")) {
            return models(bearer);
        } else if (!present(bearer, true)) {
            return refused(401);
        } else if (!method.equals("GET") && !adminMayWrite) {
            return refused(403);
        } else if (path.startsWith("/organization/admin_api_keys")) {
            return adminKeys(method, path.substring("/organization/admin_api_keys".length()), query, body);
        } else if (!path.startsWith(projects + PROJECT + "/")) {
            return refused(404);
        }
        String rest = path.substring((projects + PROJECT).length());
        return rest.startsWith("/service_accounts")
                ? serviceAccounts(method, rest.substring("/service_accounts".length()), query, body)
                : rest.startsWith("/api_keys") ? apiKeys(method, query) : refused(404);
    }

    private Reply models(String bearer) {
        boolean admin = keys.stream().anyMatch(key -> key.admin && key.value.equals(bearer));
        return admin
                ? refused(403)
                : present(bearer, false) ? new Reply(200, "{\"object\":\"list\",\"data\":[]}") : refused(401);
    }

    private Reply serviceAccounts(String method, String id, Map<String, String> query, String body) {
        if (method.equals("POST")) {
            Key key = create(name(body), expiry(body));
            return new Reply(
                    200,
                    "{\"object\":\"organization.project.service_account\",\"id\":\"" + key.owner.id + "\",\"name\":\""
                            + key.owner.name + "\",\"role\":\"member\",\"created_at\":"
                            + key.owner.createdAt.getEpochSecond()
                            + ",\"api_key\":{\"object\":\"organization.project.service_account.api_key\",\"value\":\""
                            + key.value + "\",\"name\":\"Secret Key\",\"created_at\":1,\"id\":\"" + key.id + "\"}}");
        } else if (method.equals("DELETE")) {
            return end(accounts, id.substring(1));
        }
        return page(
                accounts.values().stream()
                        .map(owner -> Map.entry(
                                owner.id,
                                "{\"object\":\"organization.project.service_account\",\"id\":\"" + owner.id
                                        + "\",\"name\":\"" + owner.name + "\",\"role\":\"member\"}"))
                        .toList(),
                query);
    }

    private Reply apiKeys(String method, Map<String, String> query) {
        if (method.equals("DELETE")) {
            return refused(400); // a key of a service account goes with its account only
        }
        boolean all = !hidesKeys || "any".equals(query.get("owner_project_access"));
        return page(
                keys.stream()
                        .filter(key -> all && !key.admin && accounts.containsKey(key.owner.id))
                        .map(key -> Map.entry(
                                key.id,
                                "{\"object\":\"organization.project.api_key\",\"id\":\"" + key.id
                                        + "\",\"name\":\"Secret Key\"" + facts(key)
                                        + ",\"owner\":{\"type\":\"service_account\",\"service_account\":{\"id\":\""
                                        + key.owner.id + "\",\"name\":\"" + key.owner.name + "\"}}}"))
                        .toList(),
                query);
    }

    private Reply adminKeys(String method, String id, Map<String, String> query, String body) {
        if (method.equals("POST")) {
            Key key = admin(name(body), expiry(body));
            return new Reply(
                    200,
                    "{\"object\":\"organization.admin_api_key\",\"id\":\"" + key.id + "\",\"name\":\"" + key.owner.name
                            + "\",\"value\":\"" + key.value + "\"" + facts(key) + "}");
        } else if (method.equals("DELETE")) {
            return end(admins, id.substring(1));
        }
        return page(
                keys.stream()
                        .filter(key -> key.admin && key.deletedAt == null)
                        .map(key -> Map.entry(
                                key.id,
                                "{\"object\":\"organization.admin_api_key\",\"id\":\"" + key.id + "\",\"name\":\""
                                        + key.owner.name + "\"" + facts(key) + "}"))
                        .toList(),
                query);
    }

    private String facts(Key key) {
        String redacted = key.value.substring(0, 8) + "..." + key.value.substring(key.value.length() - 4);
        Instant used = key.lastUsedAt;
        return ",\"redacted_value\":\"" + redacted + "\""
                + (tellsUse ? ",\"last_used_at\":" + (used == null ? "null" : used.getEpochSecond()) : "");
    }

    private Reply page(List<Map.Entry<String, String>> items, Map<String, String> query) {
        int limit = Math.min(100, Integer.parseInt(query.getOrDefault("limit", "20")));
        String after = query.get("after");
        List<Map.Entry<String, String>> rest = items;
        if (after != null) {
            List<String> ids = items.stream().map(Map.Entry::getKey).toList();
            rest = items.subList(ids.indexOf(after) + 1, items.size());
        }
        List<Map.Entry<String, String>> shown = rest.subList(0, Math.min(limit, rest.size()));
        String last =
                shown.isEmpty() ? "null" : "\"" + shown.get(shown.size() - 1).getKey() + "\"";
        return new Reply(
                200,
                "{\"object\":\"list\",\"data\":["
                        + shown.stream().map(Map.Entry::getValue).collect(Collectors.joining(",")) + "],\"last_id\":"
                        + last + ",\"has_more\":" + (shown.size() < rest.size()) + "}");
    }

    private Key create(String name, int seconds) {
        Owner owner = new Owner(String.format("svc_acct_%06d", ++made), name, clock.instant());
        accounts.put(owner.id, owner);
        return key(owner, "sk-svcacct-", false, seconds);
    }

    private Key admin(String name, int seconds) {
        Owner owner = new Owner(String.format("key_%06d", made + 1), name, clock.instant());
        admins.put(owner.id, owner);
        return key(owner, "sk-admin-", true, seconds);
    }

    private Key key(Owner owner, String prefix, boolean admin, int seconds) {
        String value = prefix + Long.toHexString(random.nextLong() | Long.MIN_VALUE) + String.format("%08d", ++made);
        Instant expiry = seconds == 0 ? null : clock.instant().plusSeconds(seconds);
        Key key = new Key(String.format("key_%06d", made), value, owner, admin, expiry);
        keys.add(key);
        return key;
    }

    private Reply end(Map<String, Owner> owners, String id) {
        if (owners.remove(id) == null) {
            return refused(404);
        }
        for (Key key : keys) {
            key.deletedAt = key.owner.id.equals(id) ? clock.instant() : key.deletedAt;
        }
        return new Reply(200, "{\"id\":\"" + id + "\",\"deleted\":true}");
    }

    /** Whether a key is answered; that is a use. */
    private boolean present(String bearer, boolean admin) {
        for (Key key : keys) {
            if (key.value.equals(bearer) && key.admin == admin && answered(key)) {
                key.lastUsedAt = clock.instant();
                return true;
            }
        }
        return false;
    }

    private boolean answered(Key key) {
        Instant deleted = key.deletedAt;
        boolean fades = deleted != null && clock.instant().isBefore(deleted.plus(fading)) && random.nextBoolean();
        return !expired(key) && (deleted == null || fades);
    }

    private boolean expired(Key key) {
        return key.expiresAt != null && !clock.instant().isBefore(key.expiresAt);
    }

    private static String name(String body) {
        Matcher matcher = NAME.matcher(body);
        return matcher.find() ? matcher.group(1) : "";
    }

    private static int expiry(String body) {
        Matcher matcher = EXPIRY.matcher(body);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    private static Map<String, String> query(@Nullable String text) {
        Map<String, String> query = new HashMap<>();
        for (String part : text == null ? new String[0] : text.split("&")) {
            query.put(part.substring(0, part.indexOf('=')), part.substring(part.indexOf('=') + 1));
        }
        return query;
    }

    // ---- the wire

    @Override
    public void close() {
        server.close();
    }

    private @Nullable Reply handle(LoopbackServer.Request request) {
        String shown = request.method() + " " + request.target().substring("/v1".length());
        Fault fault;
        synchronized (this) {
            asked.add(shown);
            bodies.add(request.body());
            fault = faults.apply(shown);
        }
        String authorization = request.header("Authorization");
        String bearer = authorization.startsWith("Bearer ") ? authorization.substring("Bearer ".length()) : "";
        Reply reply = fault.effect
                ? answer(request.method(), request.target(), bearer, request.body())
                : refused(fault.status);
        return fault.cut ? null : reply;
    }
}
