package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import dev.slipring.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** One store, one issuer and one clock, on which a test lets rotators work. Not thread-safe. */
final class Bench {
    static final SecretName NAME = SecretName.of("rotated");
    static final Command ROTATE = new Command.Rotate("ada", "asked");
    static final Command ROLLBACK = new Command.Rollback("ada", "worse than before");
    static final Command ABORT = new Command.Abort("ada", "not now");

    final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    final InMemorySecretStore store = InMemorySecretStore.create(clock);
    final RotationPolicy policy;
    final RecordingIssuer issuer;
    /** What the listeners of all rotators were told, in order. */
    final List<Step.Write> told = new ArrayList<>();

    final List<String> alerts = new ArrayList<>();
    final List<AuditEvent> audited = new ArrayList<>();

    Bench(RotationPolicy policy, IssuerTraits traits) {
        this.policy = policy;
        this.issuer = new RecordingIssuer(traits);
    }

    /** A rotator that works on the store and the issuer as they are. */
    Rotator rotator() {
        return builder(call -> {}).build();
    }

    /** A rotator whose every call passes {@code hook}. */
    Rotator rotator(Consumer<String> hook) {
        return builder(hook).build();
    }

    Rotator.Builder builder(Consumer<String> hook) {
        return Rotator.builder(NAME, Hooked.store(store, hook), Hooked.issuer(issuer, hook), policy)
                .ticker(clock)
                .audit(audited::add)
                .listener(new RotationListener() {
                    @Override
                    public void onTransition(Step.Write step, Optional<SecretRecord> before, SecretRecord after) {
                        told.add(step);
                    }

                    @Override
                    public void onAlert(SecretName secret, String why) {
                        alerts.add(why);
                    }
                });
    }

    /** Runs the rotator, and moves time to when it wants to look again, until {@code done}. */
    void settle(Rotator rotator, BooleanSupplier done) {
        for (int i = 0; i < 500; i++) {
            Step.Rest rest = rotator.run();
            check();
            if (done.getAsBoolean()) {
                return;
            }
            moveTo(rest);
        }
        throw new AssertionError("not settled: " + record());
    }

    void moveTo(Step.Rest rest) {
        Instant until = rest instanceof Step.Wait wait
                ? wait.until()
                : rest instanceof Step.Alert alert ? alert.until() : clock.instant();
        Duration step = Duration.between(clock.instant(), until);
        clock.advance(step.isNegative() || step.isZero() ? Duration.ofSeconds(60) : step);
    }

    /** Whether no rotation is under way and {@code version} is where it should be. */
    boolean idleWith(int version, VersionState state) {
        return record().phase() == Phase.IDLE && state(version) == state;
    }

    SecretRecord record() {
        return store.read(NAME).record().orElseThrow();
    }

    boolean exists() {
        return store.read(NAME).record().isPresent();
    }

    VersionState state(int version) {
        return record().version(version).orElseThrow().state();
    }

    List<String> states() {
        return record().versions().stream()
                .map(v ->
                        v.number() + " " + v.state() + v.slot().map(" "::concat).orElse(""))
                .toList();
    }

    /** What must be true whenever nobody is in the middle of a step, and after a crash too. */
    void check() {
        if (issuer.traits().install() == Install.NEVER || !exists()) {
            return;
        }
        SecretRecord record = record();
        for (RecordingIssuer.Valid valid : issuer.valid()) {
            VersionState state = record.version(valid.version()).orElseThrow().state();
            assertThat(state).as("NoLostKey: %s in %s", valid, record).isLessThan(VersionState.REVOKED);
            SecretValue stored = store.value(NAME, valid.version()).orElseThrow();
            assertThat(issuer.accepts(stored))
                    .as("what is stored is what is valid")
                    .isTrue();
        }
        if (issuer.traits().install() == Install.AFTER_PUBLISH_DELAY) {
            RecordingIssuer.Valid only = issuer.valid().get(0);
            assertThat(record.version(only.version()).orElseThrow().state().accepts())
                    .as("AlwaysUsable: what the sender uses is accepted, in %s", record)
                    .isTrue();
        } else {
            SecretVersion primary = record.versions().stream()
                    .filter(v -> v.state() == VersionState.PRIMARY)
                    .findFirst()
                    .orElseThrow();
            SecretValue value = store.value(NAME, primary.number()).orElseThrow();
            assertThat(issuer.accepts(value))
                    .as("AlwaysUsable: the primary is valid, in %s", record)
                    .isTrue();
        }
    }
}
