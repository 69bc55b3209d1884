package dev.slipring.rotation;

import dev.slipring.keyring.TimingParameter;
import java.time.Duration;
import java.util.List;

/** The configurations explored, each small enough to be exhausted and as tight as a policy gets: P = g and O = g + T. */
final class Models {
    private static final Duration AGE = Duration.ofDays(7).plusHours(2);

    private Models() {}

    /** Every duration as short as it can be with C at one tick: R = L = 1, D = 2, A = e = 0, so that g = 3. */
    static RotationPolicy.Builder tight(SecretKind kind) {
        return RotationPolicy.builder(kind, AGE)
                .refresh(ticks(1))
                .staleness(ticks(1))
                .lag(ticks(2))
                .writeWindow(ticks(1))
                .adoption(Duration.ZERO)
                .skew(Duration.ZERO)
                .publishDelay(ticks(3))
                .overlap(ticks(3))
                .soak(ticks(4))
                .trafficCycle(ticks(1))
                .longestOutage(ticks(1))
                .cachedKeyLife(ticks(1));
    }

    static Duration ticks(int count) {
        return Duration.ofSeconds(count);
    }

    private static IssuerTraits issuer(Install install, List<String> slots, boolean probes) {
        return new IssuerTraits(install, slots, probes, !slots.isEmpty(), ticks(slots.isEmpty() ? 0 : 1));
    }

    /** A cookie key, one engine, two readers. */
    static Model.Builder aCookie(int rotations) {
        return small(
                        "a cookie key",
                        tight(SecretKind.SELF)
                                .lifetime(ticks(1))
                                .overlap(ticks(4))
                                .build(),
                        IssuerTraits.NONE)
                .readers(2)
                .allowing(Allowance.ROTATE, rotations);
    }

    static Model.Builder aKey(int rotations) {
        return small("a key", tight(SecretKind.OUTBOUND).build(), issuer(Install.BEFORE_PUBLISH, List.of(), true))
                .allowing(Allowance.ROTATE, rotations);
    }

    static Model.Builder anUnprobedKey(int rotations) {
        return small(
                        "a key that cannot be tried",
                        tight(SecretKind.OUTBOUND).build(),
                        issuer(Install.BEFORE_PUBLISH, List.of(), false))
                .allowing(Allowance.ROTATE, rotations);
    }

    static Model.Builder aLogin(int rotations) {
        return small(
                        "alternating logins",
                        tight(SecretKind.OUTBOUND).build(),
                        issuer(Install.BEFORE_PUBLISH, List.of("a", "b"), true))
                .allowing(Allowance.ROTATE, rotations);
    }

    /** One value at a time, which cannot be tried. */
    static Model.Builder aSingleLogin(int rotations) {
        return small(
                        "a single login",
                        tight(SecretKind.OUTBOUND).build(),
                        issuer(Install.AFTER_PUBLISH_DELAY, List.of(), false))
                .allowing(Allowance.ROTATE, rotations);
    }

    /** One value at a time, which a sender signs with, and what it signs takes a tick to arrive. */
    static Model.Builder aWebhook(int rotations) {
        return small(
                        "a webhook",
                        tight(SecretKind.INBOUND)
                                .lifetime(ticks(1))
                                .overlap(ticks(4))
                                .build(),
                        issuer(Install.AFTER_PUBLISH_DELAY, List.of(), false))
                .allowing(Allowance.ROTATE, rotations);
    }

    static Model.Builder aKek(int rotations) {
        return small(
                        "a KEK",
                        tight(SecretKind.SELF).retirement(Retirement.ON_CENSUS).build(),
                        IssuerTraits.NONE)
                .allowing(Allowance.ROTATE, rotations);
    }

    private static Model.Builder small(String name, RotationPolicy policy, IssuerTraits traits) {
        return Model.of(name, policy, traits).engines(1).readers(1);
    }

    /** A cookie key whose policy believes in g = 3, where something takes one tick longer in truth. */
    static Model mistaken(String name, TimingParameter parameter, int publishDelay, int overlap) {
        RotationPolicy policy = tight(SecretKind.SELF)
                .lifetime(ticks(1))
                .publishDelay(ticks(publishDelay))
                .overlap(ticks(overlap))
                .build();
        int believed = (int) policy.timing().get(parameter).toSeconds();
        return Model.of(name, policy, IssuerTraits.NONE)
                .engines(1)
                .truly(parameter, believed + 1)
                .allowing(Allowance.ROTATE, 1)
                .build();
    }

    private static Model.Builder cookieKey(String name, RotationPolicy.Builder policy) {
        return Model.of(name, policy.lifetime(ticks(1)).build(), IssuerTraits.NONE);
    }

    private static Model.Builder login(String name) {
        return Model.of(
                name, tight(SecretKind.OUTBOUND).build(), issuer(Install.BEFORE_PUBLISH, List.of("a", "b"), true));
    }

    private static Model.Builder key(String name) {
        return Model.of(name, tight(SecretKind.OUTBOUND).build(), issuer(Install.BEFORE_PUBLISH, List.of(), true))
                .with(Model.Feature.ISSUER_MINTS);
    }

    /** A cookie key whose replicas report: they may be promoted to before P, which is longer than it need be for that. */
    static Model.Builder acknowledged(String name) {
        return Model.of(
                        name,
                        tight(SecretKind.SELF)
                                .lifetime(ticks(1))
                                .staleness(ticks(2))
                                .publishDelay(ticks(4))
                                .overlap(ticks(5))
                                .soak(ticks(5))
                                .promoteOnAcknowledgement()
                                .build(),
                        IssuerTraits.NONE)
                .with(Model.Feature.REPORTS);
    }

    /** A key that is valid from the moment it is minted, whether it is stored or not. */
    static Model.Builder orphaning(String name) {
        return Model.of(
                        name,
                        tight(SecretKind.OUTBOUND).build(),
                        new IssuerTraits(Install.NEVER, List.of(), false, false, ticks(1), true))
                .with(Model.Feature.ISSUER_MINTS);
    }

    private static Model.Builder switched(String name, SecretKind kind, boolean probes) {
        return Model.of(name, tight(kind).build(), issuer(Install.AFTER_PUBLISH_DELAY, List.of(), probes))
                .with(Model.Feature.FENCED);
    }

    /** What is exhausted, the largest first. */
    static List<Model> all() {
        return List.of(
                cookieKey("cookie, rollback, restarts", tight(SecretKind.SELF).overlap(ticks(4)))
                        .with(Model.Feature.RESTARTS)
                        .allowing(Allowance.ROTATE, 2)
                        .allowing(Allowance.ROLLBACK, 1)
                        .build(),
                switched("webhook, rollback", SecretKind.INBOUND, true)
                        .allowing(Allowance.ROTATE, 2)
                        .allowing(Allowance.ROLLBACK, 1)
                        .build(),
                cookieKey("cookie, every order", tight(SecretKind.SELF).overlap(ticks(4)))
                        .allowing(Allowance.ROTATE, 1)
                        .allowing(Allowance.ROLLBACK, 1)
                        .allowing(Allowance.ABORT, 1)
                        .allowing(Allowance.HOLD, 1)
                        .allowing(Allowance.RELEASE, 1)
                        .build(),
                cookieKey("cookie, leak", tight(SecretKind.SELF).overlap(ticks(4)))
                        .allowing(Allowance.ROTATE, 1)
                        .allowing(Allowance.ROLLBACK, 1)
                        .allowing(Allowance.LEAK, 1)
                        .engines(1)
                        .readers(1)
                        .build(),
                cookieKey("cookie, emergency", tight(SecretKind.SELF).overlap(ticks(4)))
                        .allowing(Allowance.ROTATE, 1)
                        .allowing(Allowance.ROLLBACK, 1)
                        .allowing(Allowance.COMPROMISE, 1)
                        .engines(1)
                        .readers(1)
                        .build(),
                cookieKey("cookie, emergency at rest", tight(SecretKind.SELF).overlap(ticks(4)))
                        .allowing(Allowance.COMPROMISE, 1)
                        .build(),
                cookieKey("cookie, leak at rest", tight(SecretKind.SELF).overlap(ticks(4)))
                        .allowing(Allowance.LEAK, 1)
                        .build(),
                login("login, emergency at rest")
                        .with(Model.Feature.FENCED)
                        .allowing(Allowance.COMPROMISE, 1)
                        .build(),
                cookieKey("cookie, orders", tight(SecretKind.SELF).overlap(ticks(4)))
                        .allowing(Allowance.ROTATE, 1)
                        .allowing(Allowance.ORDER, 1)
                        .allowing(Allowance.TAKE_BACK, 1)
                        .engines(1)
                        .readers(1)
                        .build(),
                cookieKey("cookie, closing", tight(SecretKind.SELF).overlap(ticks(4)))
                        .allowing(Allowance.ROTATE, 1)
                        .allowing(Allowance.CLOSE, 1)
                        .allowing(Allowance.TAKE_BACK, 1)
                        .engines(1)
                        .readers(1)
                        .build(),
                cookieKey("cookie, restored", tight(SecretKind.SELF).overlap(ticks(4)))
                        .allowing(Allowance.ROTATE, 1)
                        .allowing(Allowance.RESTORE, 1)
                        .engines(1)
                        .build(),
                acknowledged("cookie, acknowledged")
                        .allowing(Allowance.ROTATE, 1)
                        .build(),
                login("login, emergency")
                        .with(Model.Feature.FENCED)
                        .allowing(Allowance.ROTATE, 1)
                        .allowing(Allowance.COMPROMISE, 1)
                        .engines(1)
                        .build(),
                orphaning("api key, orphans")
                        .with(Model.Feature.MIRRORS)
                        .allowing(Allowance.ROTATE, 1)
                        .allowing(Allowance.ABORT, 1)
                        .allowing(Allowance.FAIL, 1)
                        .build(),
                cookieKey(
                                "cookie, skew",
                                tight(SecretKind.SELF)
                                        .skew(ticks(1))
                                        .publishDelay(ticks(5))
                                        .overlap(ticks(6))
                                        .soak(ticks(6)))
                        .allowing(Allowance.ROTATE, 1)
                        .build(),
                cookieKey(
                                "cookie, adoption",
                                tight(SecretKind.SELF)
                                        .adoption(ticks(1))
                                        .publishDelay(ticks(4))
                                        .overlap(ticks(5))
                                        .soak(ticks(5)))
                        .with(Model.Feature.RESTARTS)
                        .allowing(Allowance.ROTATE, 1)
                        .build(),
                cookieKey("cookie, two builds", tight(SecretKind.SELF).overlap(ticks(4)))
                        .second(tight(SecretKind.SELF)
                                .lifetime(ticks(1))
                                .publishDelay(ticks(4))
                                .overlap(ticks(4))
                                .build())
                        .allowing(Allowance.ROTATE, 1)
                        .build(),
                cookieKey("cookie, schedule", tight(SecretKind.SELF).overlap(ticks(4)))
                        .allowing(Allowance.JUMP, 2)
                        .allowing(Allowance.ABORT, 1)
                        .build(),
                login("login, outages")
                        .with(Model.Feature.OUTAGES, Model.Feature.FENCED)
                        .allowing(Allowance.ROTATE, 2)
                        .build(),
                login("login, late statements")
                        .with(Model.Feature.ENGINES_LAG)
                        .allowing(Allowance.ROTATE, 2)
                        .build(),
                key("api key, lossy issuer")
                        .with(Model.Feature.INCONCLUSIVE)
                        .allowing(Allowance.ROTATE, 1)
                        .allowing(Allowance.ABORT, 1)
                        .allowing(Allowance.FAIL, 1)
                        .build(),
                key("api key, misleading issuer")
                        .allowing(Allowance.ROTATE, 1)
                        .allowing(Allowance.ROLLBACK, 1)
                        .allowing(Allowance.MISLEAD, 1)
                        .allowing(Allowance.VANISH, 1)
                        .build(),
                switched("webhook, orders", SecretKind.INBOUND, true)
                        .allowing(Allowance.ROTATE, 1)
                        .allowing(Allowance.ROLLBACK, 1)
                        .allowing(Allowance.ABORT, 1)
                        .build(),
                switched("webhook, emergency", SecretKind.INBOUND, true)
                        .engines(1)
                        .readers(1)
                        .allowing(Allowance.ROTATE, 1)
                        .allowing(Allowance.LEAK, 1)
                        .build(),
                switched("single login", SecretKind.OUTBOUND, false)
                        .allowing(Allowance.ROTATE, 1)
                        .allowing(Allowance.ROLLBACK, 1)
                        .build(),
                Model.of(
                                "kek",
                                tight(SecretKind.SELF)
                                        .retirement(Retirement.ON_CENSUS)
                                        .build(),
                                IssuerTraits.NONE)
                        .allowing(Allowance.ROTATE, 1)
                        .allowing(Allowance.HOLD, 1)
                        .allowing(Allowance.RELEASE, 1)
                        .allowing(Allowance.DESTROY, 1)
                        .build());
    }
}
