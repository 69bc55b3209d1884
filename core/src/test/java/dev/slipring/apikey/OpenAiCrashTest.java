package dev.slipring.apikey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.rotation.Step;
import dev.slipring.store.ForwardingStore;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import dev.slipring.store.WriteWindow;
import dev.slipring.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Something goes wrong right before or right after any write and any HTTP call of a creation and a rotation. Whoever
 * goes on must come to the same end, with the primary's key answered all the while and nothing left behind.
 */
class OpenAiCrashTest {
    private static final SecretName NAME = SecretName.of("openai");
    private static final RotationPolicy POLICY = RotationPolicy.apiKeys(Duration.ofDays(90));

    /** What goes wrong. */
    enum Mishap {
        /** The replica is killed; another one with no memory of its own goes on. */
        CRASH,
        /** The caller is told that the connection broke, and goes on itself. */
        LOST;

        Fuse at(int k) {
            return this == CRASH
                    ? Fuse.crash(k)
                    : new Fuse(k, () -> {
                        throw new IllegalStateException("the connection broke");
                    });
        }
    }

    private static final class HookedStore extends ForwardingStore {
        private final Consumer<String> hook;

        HookedStore(SecretStore store, Consumer<String> hook) {
            super(store);
            this.hook = hook;
        }

        @Override
        public boolean compareAndSet(SecretRecord next, WriteWindow window) {
            hook.accept("before write");
            boolean won = super.compareAndSet(next, window);
            hook.accept("after write");
            return won;
        }

        @Override
        public SecretValue putValueIfAbsent(SecretName secret, int version, SecretValue value) {
            hook.accept("before put");
            SecretValue stored = super.putValueIfAbsent(secret, version, value);
            hook.accept("after put");
            return stored;
        }
    }

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");

    @ParameterizedTest
    @EnumSource(Mishap.class)
    void rotation_disturbedAnywhere_endsWithOneKeyAndWithoutOrphans(Mishap mishap) {
        List<String> undisturbed = new World(mishap.at(-1)).play();
        AtomicInteger orphans = new AtomicInteger();
        Fuse fuse;
        int k = 0;
        do {
            fuse = mishap.at(k);
            World world = new World(fuse);
            assertThat(world.play()).as("%s at moment %d", mishap, k).isEqualTo(undisturbed);
            orphans.addAndGet(world.minted() - 2);
            k++;
        } while (fuse.isBlown());

        assertThat(k).as("moments").isGreaterThan(60);
        assertThat(orphans.get()).as("keys that nobody stored").isGreaterThan(3);
    }

    @Test
    void leftovers_ofOthersAndOfLaterRotations_surviveEverySweep() {
        World world = new World(Fuse.crash(-1));
        List<String> others = List.of(
                "shop-a-r9-later",
                "shop-api-a-r1-x",
                "shop-a",
                "shop",
                "shop-c-r1-x",
                "shop-a-r1-x-y",
                "my-shop-a-r1-x");
        world.strangers = others;
        world.openAi.account("shop-b-r1-lost");
        others.forEach(world.openAi::account);

        world.play();

        assertThat(world.openAi.accounts()).containsAll(others).doesNotContain("shop-b-r1-lost");
    }

    /** One store, one service and whoever rotates at present. */
    private final class World {
        private final FakeOpenAi openAi = new FakeOpenAi(clock);
        private final InMemorySecretStore store = InMemorySecretStore.create(clock);
        private final SecretValue root = openAi.rootKey();
        private final Consumer<String> hook;
        private List<String> strangers = List.of();

        World(Consumer<String> hook) {
            this.hook = hook;
            openAi.fading(Duration.ofMinutes(4));
        }

        List<String> play() {
            try (openAi) {
                Rotator rotator = rotator();
                boolean asked = false;
                for (int i = 0; i < 400; i++) {
                    try {
                        Step.Rest rest = rotator.run();
                        check();
                        if (ended()) {
                            return end();
                        } else if (exists() && record().version(2).isEmpty() && !asked) {
                            asked = true;
                            rotator.command(new Command.Rotate("ada", "asked"));
                        } else {
                            asked = exists() && record().version(2).isPresent();
                            moveTo(rest.until());
                        }
                    } catch (Fuse.Crash e) {
                        check();
                        rotator = rotator();
                        asked = false;
                    } catch (IssuerException | IllegalStateException e) {
                        check();
                        asked = false;
                        clock.advance(Duration.ofSeconds(60));
                    }
                }
                throw new AssertionError("came to no end: " + record());
            }
        }

        int minted() {
            return (int) openAi.values().stream()
                    .filter(value -> value.startsWith("sk-svcacct"))
                    .count();
        }

        private boolean ended() {
            return exists()
                    && record().phase() == Phase.IDLE
                    && record().version(1).orElseThrow().state() == VersionState.DESTROYED;
        }

        private List<String> end() {
            SecretVersion primary = primary();
            String name = "shop-b-r2-" + primary.origin().rotationId();
            assertThat(openAi.accounts().stream().filter(account -> !strangers.contains(account)))
                    .containsExactly(name);
            assertThat(primary.attributes()).containsKey(HttpIssuer.ATTRIBUTE);
            return record().versions().stream()
                    .map(v -> v.number() + " " + v.state() + " " + v.slot().orElseThrow())
                    .toList();
        }

        /** AlwaysUsable: whatever happens, the primary's key is one that the service knows. */
        private void check() {
            if (exists()) {
                SecretValue value = store.value(NAME, primary().number()).orElseThrow();
                assertThat(openAi.knows(value)).as("the primary is valid").isTrue();
            }
        }

        private boolean exists() {
            return store.read(NAME).record().isPresent();
        }

        private SecretVersion primary() {
            return record().versions().stream()
                    .filter(v -> v.state() == VersionState.PRIMARY)
                    .findFirst()
                    .orElseThrow();
        }

        private SecretRecord record() {
            return store.read(NAME).record().orElseThrow();
        }

        private Rotator rotator() {
            HttpIssuer issuer = OpenAiKeys.at(openAi.base())
                    .serviceAccounts(FakeOpenAi.PROJECT, "shop", ApiCredential.bearer(root))
                    .http(new HookedClient(hook))
                    .ticker(clock)
                    .build();
            return Rotator.builder(NAME, new HookedStore(store, hook), issuer, POLICY)
                    .ticker(clock)
                    .audit(event -> {})
                    .build();
        }

        private void moveTo(Instant until) {
            Duration step = Duration.between(clock.instant(), until);
            boolean near = !step.isNegative() && !step.isZero() && step.compareTo(Duration.ofDays(80)) < 0;
            clock.advance(near ? step : Duration.ofSeconds(60));
        }
    }
}
