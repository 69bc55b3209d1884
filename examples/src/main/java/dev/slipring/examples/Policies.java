package dev.slipring.examples;

import dev.slipring.rotation.Retirement;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretKind;
import java.time.Duration;

/**
 * The rotation policies of the application's four secrets: the rules of any deployment, with seconds where that has
 * minutes and hours.
 *
 * @param session of the key that signs session cookies
 * @param kek of the key under which notes are encrypted
 * @param login of the database login
 * @param apiKey of the key that a third party is called with
 * @param sessionLife longest life of a session cookie, T of {@code session}
 * @param dataKeyAge longest life of a data key
 */
record Policies(
        RotationPolicy session,
        RotationPolicy kek,
        RotationPolicy login,
        RotationPolicy apiKey,
        Duration sessionLife,
        Duration dataKeyAge) {

    private static final Duration DATA_KEY_AGE = Duration.ofSeconds(2);

    /** Longest transaction of the application, and the time in which a pool is drained. */
    private static final Duration LOGIN_ADOPTION = Duration.ofSeconds(3);

    /** Time enough to see that a revoked key is refused for good, and as much again. */
    private static final Duration REVOCATION = Moderation.REVOCATION_DELAY.multipliedBy(4);

    /**
     * The demo's own policies, changed by {@code given}.
     *
     * <p>A session is renewed in the second half of its life. It must be longer than twice what a person with several
     * sessions may leave one of them alone for, which a transaction of two seconds decides.
     *
     * @param store how late and how wrong it may be
     * @param brief no more publish delay and overlap than the rules ask for
     * @throws CannotRunException if that breaks an inequality; the message shows it with its numbers
     */
    static Policies of(boolean brief, StorePlace.Kind store, TimingOverrides given) {
        Duration life = given.of("T", Duration.ofSeconds(8));
        Duration adoption = given.of("A", Duration.ofMillis(800));
        Shared shared = new Shared(brief, store, given);
        try {
            return new Policies(
                    shared.builder(SecretKind.SELF)
                            .adoption(adoption)
                            .lifetime(life)
                            .build(),
                    shared.builder(SecretKind.SELF)
                            .adoption(adoption)
                            .retirement(Retirement.ON_CENSUS)
                            .cachedKeyLife(DATA_KEY_AGE)
                            .build(),
                    shared.builder(SecretKind.OUTBOUND)
                            .adoption(given.of("A", LOGIN_ADOPTION))
                            .build(),
                    shared.builder(SecretKind.OUTBOUND)
                            .adoption(given.of("A", Moderation.LONGEST_CALL))
                            .revocation(REVOCATION)
                            .build(),
                    life,
                    DATA_KEY_AGE);
        } catch (IllegalArgumentException e) {
            throw new CannotRunException(e.getMessage() == null ? "unsafe policy" : e.getMessage(), e);
        }
    }

    /** What the four have in common. All stamps are of one clock, so what the store tells wrong is all the skew. */
    private record Shared(boolean brief, StorePlace.Kind store, TimingOverrides given) {
        RotationPolicy.Builder builder(SecretKind kind) {
            Duration later = store.lag()
                    .minus(StorePlace.Kind.FILE.lag())
                    .plus(store.skew().multipliedBy(2));
            Duration publish = later.plus(brief ? Duration.ofMillis(3500) : Duration.ofSeconds(4));
            Duration overlap = later.plus(brief ? Duration.ofMillis(11_500) : Duration.ofSeconds(14));
            return RotationPolicy.builder(kind, Duration.ofDays(90))
                    .refresh(given.of("R", Duration.ofMillis(500)))
                    .staleness(given.of("L", Duration.ofMillis(1500)))
                    .lag(given.of("D", store.lag()))
                    .writeWindow(given.of("C", Duration.ofMillis(500)))
                    .skew(store.skew())
                    .publishDelay(given.of("P", publish))
                    .overlap(given.of("O", overlap))
                    .longestOutage(Duration.ofSeconds(4))
                    .trafficCycle(Duration.ofMinutes(2));
        }
    }
}
