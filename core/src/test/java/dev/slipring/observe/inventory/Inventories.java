package dev.slipring.observe.inventory;

import dev.slipring.keyring.Mark;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Environment;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.Retirement;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretKind;
import dev.slipring.store.Emergency;
import dev.slipring.store.Freeze;
import dev.slipring.store.Orders;
import dev.slipring.store.Phase;
import dev.slipring.store.Reading;
import dev.slipring.store.Rotation;
import dev.slipring.store.SecretRecord;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Inventories made up for tests. Stateless. */
final class Inventories {
    static final Instant NOW = Instant.parse("2030-04-01T09:30:00Z");

    /** What none of the three forms may ever show. */
    static final String FINGERPRINT = "feedfacecafebeef";

    static final String ATTRIBUTE = "account-of-the-login";

    static final String LONGEST_NAME = "a-name-that-is-as-long-as-names-can-be-and-then-some-more.000000";

    static final InventoryEntry.Rule SESSIONS = new InventoryEntry.Rule(
            RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12)), "RandomIssuer", IssuerTraits.NONE);
    static final InventoryEntry.Rule LOGIN = new InventoryEntry.Rule(
            RotationPolicy.logins(Duration.ofDays(30)),
            "PostgresLogins",
            new IssuerTraits(Install.BEFORE_PUBLISH, List.of(), true, false, Duration.ofSeconds(10)));
    static final InventoryEntry.Rule KEK = new InventoryEntry.Rule(
            RotationPolicy.builder(SecretKind.SELF, Duration.ofDays(180))
                    .retirement(Retirement.ON_CENSUS)
                    .build(),
            "RandomIssuer",
            IssuerTraits.NONE);
    static final InventoryEntry.Rule PROVIDED = new InventoryEntry.Rule(
            RotationPolicy.apiKeys(Duration.ofDays(90)), "StripeKeys", IssuerTraits.operator(true));

    private Inventories() {}

    /** A little of everything that is usual. */
    static Inventory usual() {
        return inventory(List.of(inOrder(), overlapping(), overdue(), unread()));
    }

    /** A secret in every phase and under every order. */
    static Inventory everything() {
        return inventory(List.of(
                inOrder(),
                overlapping(),
                overdue(),
                unread(),
                emergency(),
                held(),
                minting(),
                frozen(),
                closing(),
                retired(),
                aborting(),
                revoking(),
                warned("warned-of", 78),
                warned("paged-for", 85),
                followed(),
                longest()));
    }

    static Inventory many(int count) {
        return inventory(IntStream.range(0, count)
                .mapToObj(i -> primarySince("secret-" + i, ago(i % 100)))
                .toList());
    }

    static Inventory inventory(List<InventoryEntry> entries) {
        return new Inventory(NOW, Environment.PRODUCTION, "FileSecretStore", entries);
    }

    static InventoryEntry inOrder() {
        List<SecretVersion> versions = new ArrayList<>();
        for (int number = 1; number <= 3; number++) {
            Instant primary = ago(30 + 72 * (4 - number));
            versions.add(gone(number, primary, primary.plus(Duration.ofDays(72))));
        }
        versions.add(in(VersionState.PRIMARY, 4, Stamp.PUBLISHED, ago(30), Stamp.PRIMARY, ago(30)));
        return entry("session-key", owned("identity"), SESSIONS, record("session-key", Phase.IDLE, versions));
    }

    static InventoryEntry overlapping() {
        Instant promoted = NOW.minus(Duration.ofHours(6));
        return entry(
                "orders-login",
                owned("payments"),
                LOGIN,
                record(
                        "orders-login",
                        Phase.OVERLAP,
                        List.of(
                                in(VersionState.RETIRING, 6, Stamp.PRIMARY, ago(23), Stamp.RETIRING, promoted),
                                in(VersionState.PRIMARY, 7, Stamp.PUBLISHED, promoted, Stamp.PRIMARY, promoted))));
    }

    static InventoryEntry overdue() {
        return entry(
                "stripe-key",
                owned("payments"),
                PROVIDED,
                record("stripe-key", Phase.IDLE, List.of(in(VersionState.PRIMARY, 1, Stamp.PRIMARY, ago(95)))));
    }

    static InventoryEntry unread() {
        return InventoryEntry.unread(SecretName.of("not-read-yet"), SecretDescription.NONE);
    }

    static InventoryEntry emergency() {
        Instant published = NOW.minus(Duration.ofMinutes(5));
        Mark declared = new Mark(published, "ada", "seen in a public repository");
        SecretRecord record = record(
                "openai-key",
                Phase.PUBLISHED,
                List.of(
                        in(VersionState.RETIRING, 2, Stamp.PRIMARY, ago(80), Stamp.RETIRING, ago(10))
                                .compromised(declared),
                        in(VersionState.PRIMARY, 3, Stamp.PRIMARY, ago(10)),
                        in(VersionState.PUBLISHED, 4, Stamp.PUBLISHED, published)));
        Emergency emergency = new Emergency(Set.of(2, 3), Emergency.Plan.OVERLAP_FIRST, false, declared);
        InventoryEntry.Rule rule = new InventoryEntry.Rule(PROVIDED.policy(), "OpenAiKeys", LOGIN.traits());
        return entry(
                "openai-key",
                owned("search"),
                rule,
                record.with(Orders.NONE.emergency(Optional.of(emergency))).failed("ISSUER_UNAVAILABLE"));
    }

    static InventoryEntry held() {
        Mark mark = new Mark(ago(20), "grace", "a backup of March still needs it");
        return entry(
                "documents-kek",
                owned("storage"),
                KEK,
                record(
                        "documents-kek",
                        Phase.IDLE,
                        List.of(
                                in(VersionState.RETIRING, 1, Stamp.PRIMARY, ago(170), Stamp.RETIRING, ago(40))
                                        .held(Optional.of(mark)),
                                in(VersionState.PRIMARY, 2, Stamp.PRIMARY, ago(40)))));
    }

    static InventoryEntry minting() {
        return entry(
                "webhook-secret",
                owned("payments"),
                SESSIONS,
                record(
                        "webhook-secret",
                        Phase.MINTING,
                        List.of(in(VersionState.PRIMARY, 1, Stamp.PRIMARY, ago(70)), in(VersionState.STAGED, 2))));
    }

    static InventoryEntry frozen() {
        Freeze freeze = new Freeze(ago(2), NOW.plus(Duration.ofDays(12)), new Mark(ago(3), "ada", "the spring sale"));
        SecretRecord record =
                record("frozen-key", Phase.IDLE, List.of(in(VersionState.PRIMARY, 1, Stamp.PRIMARY, ago(70))));
        return entry("frozen-key", owned("sales"), SESSIONS, record.with(Orders.NONE.freezes(List.of(freeze))));
    }

    static InventoryEntry closing() {
        return closing("closing-key", in(VersionState.PRIMARY, 1, Stamp.PRIMARY, ago(70)));
    }

    static InventoryEntry retired() {
        return closing("retired-key", in(VersionState.REVOKED, 1, Stamp.PRIMARY, ago(70), Stamp.REVOKED, NOW));
    }

    private static InventoryEntry closing(String name, SecretVersion version) {
        Mark mark = new Mark(NOW.minus(Duration.ofHours(1)), "ada", "the service is switched off");
        SecretRecord record = record(name, Phase.IDLE, List.of(version));
        return entry(name, owned("identity"), SESSIONS, record.with(Orders.NONE.closing(Optional.of(mark))));
    }

    static InventoryEntry aborting() {
        return entry(
                "aborting-login",
                owned("orders"),
                LOGIN,
                record(
                        "aborting-login",
                        Phase.ABORTING,
                        List.of(
                                in(VersionState.PRIMARY, 1, Stamp.PRIMARY, ago(22)),
                                in(VersionState.REVOKING, 2, Stamp.PUBLISHED, ago(1), Stamp.REVOKING, NOW))));
    }

    static InventoryEntry revoking() {
        Instant promoted = ago(2);
        Instant intended = ago(1);
        return entry(
                "reports-login",
                owned("reporting"),
                LOGIN,
                record(
                        "reports-login",
                        Phase.IDLE,
                        List.of(
                                in(VersionState.REVOKED, 3, Stamp.PRIMARY, ago(50), Stamp.RETIRING, ago(26))
                                        .stamped(Stamp.REVOKED, NOW.minus(Duration.ofHours(4))),
                                in(VersionState.REVOKING, 4, Stamp.PRIMARY, ago(26), Stamp.RETIRING, promoted)
                                        .stamped(Stamp.REVOKING, intended),
                                in(VersionState.PRIMARY, 5, Stamp.PUBLISHED, ago(3), Stamp.PRIMARY, promoted))));
    }

    static InventoryEntry warned(String name, int days) {
        return primarySince(name, ago(days));
    }

    static InventoryEntry primarySince(String name, Instant since) {
        return entry(
                name,
                owned("identity"),
                SESSIONS,
                record(
                        name,
                        Phase.IDLE,
                        List.of(in(VersionState.PRIMARY, 1, Stamp.PUBLISHED, since, Stamp.PRIMARY, since))));
    }

    /** Of which this replica knows no rule. */
    static InventoryEntry followed() {
        SecretRecord record =
                record("feed-token", Phase.IDLE, List.of(in(VersionState.PRIMARY, 12, Stamp.PRIMARY, ago(3))));
        return InventoryEntry.of(record.secret(), SecretDescription.NONE, Optional.empty(), reading(record), NOW);
    }

    static InventoryEntry longest() {
        SecretDescription description = SecretDescription.builder()
                .owner("a-team-with-a-name-without-any-place-to-break-it-".repeat(4))
                .procedure(URI.create("https://docs.example/" + "long".repeat(60)))
                .build();
        InventoryEntry.Rule rule =
                new InventoryEntry.Rule(SESSIONS.policy(), "AnIssuerWithAName".repeat(8), IssuerTraits.NONE);
        return entry(
                LONGEST_NAME,
                description,
                rule,
                record(
                        LONGEST_NAME,
                        Phase.IDLE,
                        List.of(in(VersionState.PRIMARY, 1, Stamp.PUBLISHED, ago(1), Stamp.PRIMARY, ago(1)))));
    }

    /** With {@code text} in every place where a text of somebody else can stand. */
    static Inventory hostile(String text) {
        Mark mark = new Mark(ago(1), text + ".", text + ".");
        SecretVersion primary = in(VersionState.PRIMARY, 1, Stamp.PRIMARY, ago(1))
                .compromised(mark)
                .held(Optional.of(mark));
        Orders orders = new Orders(
                Optional.of(new Emergency(Set.of(1), Emergency.Plan.REVOKE_FIRST, false, mark)),
                List.of(new Freeze(ago(1), NOW.plusSeconds(9), mark)),
                Optional.of(mark),
                Optional.empty());
        SecretRecord record =
                record("hostile", Phase.IDLE, List.of(primary)).with(orders).failed(text);
        InventoryEntry.Rule rule = new InventoryEntry.Rule(SESSIONS.policy(), text, IssuerTraits.NONE);
        InventoryEntry entry = entry("hostile", SecretDescription.NONE, rule, record);
        return new Inventory(NOW, Environment.UNDECLARED, text, List.of(entry));
    }

    static SecretDescription owned(String owner) {
        return SecretDescription.builder()
                .owner(owner)
                .procedure(URI.create("https://docs.example/secrets?team=" + owner + "&page=rotation"))
                .build();
    }

    static InventoryEntry entry(
            String name, SecretDescription description, InventoryEntry.Rule rule, SecretRecord record) {
        return InventoryEntry.of(SecretName.of(name), description, Optional.of(rule), reading(record), NOW);
    }

    private static Reading reading(SecretRecord record) {
        return new Reading(Optional.of(record), NOW.minusSeconds(20));
    }

    static SecretRecord record(String name, Phase phase, List<SecretVersion> versions) {
        Rotation rotation = new Rotation("r" + versions.size(), versions.size(), timing(name));
        return new SecretRecord(
                SecretName.of(name),
                1,
                17,
                phase,
                rotation,
                versions,
                1,
                0,
                Orders.NONE,
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    private static Timing timing(String name) {
        RotationPolicy policy = name.endsWith("-login")
                ? LOGIN.policy()
                : name.endsWith("-kek")
                        ? KEK.policy()
                        : name.equals("stripe-key") || name.equals("openai-key")
                                ? PROVIDED.policy()
                                : SESSIONS.policy();
        return policy.timing();
    }

    static SecretVersion in(VersionState state, int number, Object... stamps) {
        SecretVersion version = SecretVersion.staged(
                        number, new SecretVersion.Origin("r" + number, number, 1), Optional.empty())
                .valued(FINGERPRINT, Map.of("login", ATTRIBUTE))
                .in(state);
        for (int i = 0; i < stamps.length; i += 2) {
            version = version.stamped((Stamp) stamps[i], (Instant) stamps[i + 1]);
        }
        return version;
    }

    private static SecretVersion gone(int number, Instant primary, Instant retiring) {
        return in(VersionState.DESTROYED, number, Stamp.PRIMARY, primary, Stamp.RETIRING, retiring)
                .stamped(Stamp.REVOKING, retiring.plus(Duration.ofDays(1)))
                .stamped(Stamp.REVOKED, retiring.plus(Duration.ofDays(1)))
                .stamped(Stamp.DESTROYED, retiring.plus(Duration.ofDays(2)));
    }

    static Instant ago(int days) {
        return NOW.minus(Duration.ofDays(days));
    }
}
