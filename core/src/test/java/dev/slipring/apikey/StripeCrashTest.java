package dev.slipring.apikey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.Environment;
import dev.slipring.rotation.Hooked;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.rotation.Step;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.SecretRecord;
import dev.slipring.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A key of Stripe from its adoption to the end of its successor's rotation, with the replica killed at every call. */
@Timeout(300)
class StripeCrashTest {
    private static final SecretName NAME = SecretName.of("stripe");
    private static final RotationPolicy POLICY = RotationPolicy.apiKeys(Duration.ofDays(90));

    @Test
    void replica_killedAtEveryCall_comesToTheSameEndWithoutAFailedCall() {
        List<String> undisturbed = story(Fuse.crash(-1));
        int k = 0;
        Fuse fuse;
        do {
            fuse = Fuse.crash(k);
            assertThat(story(fuse)).as("killed at moment %d", k).isEqualTo(undisturbed);
            k++;
        } while (fuse.isBlown());
        assertThat(k).as("moments").isGreaterThan(100);
        System.out.println("killed at " + (k - 1) + " moments");
    }

    private static List<String> story(Fuse fuse) {
        ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
        InMemorySecretStore store = InMemorySecretStore.create(clock);
        try (FakeStripe stripe = new FakeStripe(clock)) {
            SecretValue first = stripe.make("rk_live");
            SecretValue second = stripe.make("rk_live");
            Rotator rotator = null;
            boolean accepted = false;
            for (int i = 0; i < 2000; i++) {
                try {
                    if (rotator == null) {
                        rotator = rotator(store, stripe, clock, first, fuse);
                        rotator.prepare();
                    }
                    if (!accepted) {
                        Answer answer = rotator.provide(second, new Command.Provide("ada", "quarterly"));
                        accepted = answer instanceof Answer.Accepted || state(store, 2) == VersionState.PUBLISHED;
                        assertThat(accepted).as("%s", answer).isTrue();
                    }
                    Step.Rest rest = rotator.run();
                    assertUsable(store, stripe);
                    if (state(store, 1) == VersionState.REVOKING) {
                        stripe.expire(first);
                    } else if (state(store, 1) == VersionState.DESTROYED) {
                        return states(store);
                    }
                    Duration next = Duration.between(clock.instant(), until(rest, clock.instant()));
                    clock.advance(next.compareTo(Duration.ofMinutes(1)) < 0 ? Duration.ofMinutes(1) : next);
                } catch (Fuse.Crash e) {
                    assertUsable(store, stripe);
                    rotator = null;
                }
            }
            throw new AssertionError("came to no end: " + states(store));
        }
    }

    private static Instant until(Step.Rest rest, Instant now) {
        Instant latest = now.plus(Duration.ofHours(6));
        return rest.until().isAfter(latest) ? latest : rest.until().isBefore(now) ? now : rest.until();
    }

    private static Rotator rotator(
            InMemorySecretStore store, FakeStripe stripe, ManualClock clock, SecretValue first, Fuse fuse) {
        OperatorIssuer issuer = StripeKeys.standard()
                .address(stripe.address())
                .single()
                .ticker(clock)
                .build();
        return Rotator.builder(NAME, Hooked.store(store, fuse), Hooked.issuer(issuer, fuse), POLICY)
                .environment(Environment.PRODUCTION)
                .ticker(clock)
                .replica("one")
                .adopting(first)
                .build();
    }

    private static void assertUsable(InMemorySecretStore store, FakeStripe stripe) {
        store.read(NAME).record().ifPresent(record -> {
            int primary = record.versions().stream()
                    .filter(v -> v.state().produces())
                    .mapToInt(SecretVersion::number)
                    .sum();
            assertThat(stripe.accepts(store.value(NAME, primary).orElseThrow()))
                    .as("the version in use is valid: %s", record)
                    .isTrue();
        });
    }

    private static VersionState state(InMemorySecretStore store, int version) {
        return store.read(NAME)
                .record()
                .flatMap(record -> record.version(version))
                .map(SecretVersion::state)
                .orElse(VersionState.STAGED);
    }

    private static List<String> states(InMemorySecretStore store) {
        return store.read(NAME).record().map(SecretRecord::versions).orElse(List.of()).stream()
                .map(v -> v.number() + " " + v.state())
                .toList();
    }
}
