package dev.slipring.rotation;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * All that a decision rests on, with the questions that guards ask of it. Immutable.
 *
 * @param record the record as just read
 * @param evidence what the executor knows beyond it
 * @param now the store's time at the read
 * @param policy when and under which timing
 * @param traits what the issuer is like
 * @param waived conditions left out, to show that they are needed; none in production
 */
record Situation(
        SecretRecord record,
        Evidence evidence,
        Instant now,
        RotationPolicy policy,
        IssuerTraits traits,
        Predicate<Conjunct> waived) {

    /** Later than anything; durations can be added to it. */
    private static final Instant NEVER = Instant.parse("+100000-01-01T00:00:00Z");

    Guard guard(Class<? extends Step.Write> transition) {
        return new Guard(transition, waived, now);
    }

    Timing timing() {
        return record.rotation().timing();
    }

    Duration time(TimingParameter parameter) {
        return timing().get(parameter);
    }

    /** The stamp of a write made now: it will have taken effect by then, or not at all. */
    Instant stamp() {
        return now.plus(time(TimingParameter.WRITE_WINDOW));
    }

    /** When {@code version} passed {@code stamp}; later than anything if it did not. */
    Instant at(SecretVersion version, Stamp stamp) {
        return version.at(stamp).orElse(NEVER);
    }

    /** When to look again at something that may change at any time. */
    Instant soon() {
        return now.plus(time(TimingParameter.REFRESH));
    }

    Step.Wait waitSoon(String why) {
        return new Step.Wait(soon(), why);
    }

    /** What only a command or another step brings about. */
    Step.Wait waitForever(String why) {
        return new Step.Wait(NEVER, why);
    }

    Step.Alert alert(String why) {
        return new Step.Alert(soon(), why);
    }

    SecretVersion primary() {
        return in(VersionState.PRIMARY)
                .orElseThrow(() -> new IllegalStateException("secret " + record.secret() + " has no primary version"));
    }

    /** The version on its way to become primary. */
    Optional<SecretVersion> incoming() {
        return in(VersionState.STAGED).or(() -> in(VersionState.PUBLISHED));
    }

    Optional<SecretVersion> in(VersionState state) {
        return record.versions().stream().filter(v -> v.state() == state).findFirst();
    }

    /** The version that a rollback would make primary again: of those that retire, the last to have produced. */
    Optional<SecretVersion> rollbackTarget() {
        return record.versions().stream()
                .filter(v -> v.state() == VersionState.RETIRING)
                .max(Comparator.comparing(v -> v.at(Stamp.PRIMARY).orElse(Instant.MIN)));
    }

    Optional<SecretVersion> readmitted() {
        return record.versions().stream()
                .filter(v -> v.at(Stamp.READMITTED).isPresent())
                .findFirst();
    }

    Issuance issuance(SecretVersion version) {
        SecretVersion.Origin origin = version.origin();
        return new Issuance(
                record.secret(),
                version.number(),
                version.slot(),
                origin.rotationId(),
                origin.sequence(),
                origin.attempt());
    }

    Optional<ProbeVerdict> verdict(SecretVersion version) {
        return Optional.ofNullable(evidence.probes().get(version.number()));
    }

    boolean has(Evidence.Kind kind, SecretVersion version) {
        return evidence.has(kind, version.number());
    }

    /** The record after {@code version} entered {@code state} now, in {@code phase}. */
    SecretRecord entering(SecretVersion version, VersionState state, Phase phase) {
        return record.then(phase)
                .with(version.number(), v -> v.in(state).stamped(Stamp.valueOf(state.name()), stamp()));
    }
}
