package dev.slipring.rotation;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Emergency;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * All that a decision rests on, with the questions that guards ask of it. Immutable.
 *
 * @param record the record as just read
 * @param evidence what the executor knows beyond it
 * @param now the store's time at the read
 * @param protocol decides by which policy, for which issuer and store
 */
record Situation(SecretRecord record, Evidence evidence, Instant now, RotationProtocol protocol) {

    /** Later than anything; durations can be added to it. */
    static final Instant NEVER = Instant.parse("+100000-01-01T00:00:00Z");

    RotationPolicy policy() {
        return protocol.policy();
    }

    IssuerTraits traits() {
        return protocol.traits();
    }

    Guard guard(Class<? extends Step> transition) {
        return new Guard(transition, protocol.waived(), now);
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

    /** The version that was made last. */
    SecretVersion newest() {
        return record.versions().get(record.versions().size() - 1);
    }

    Optional<Emergency> emergency() {
        return record.orders().emergency();
    }

    /** Whether {@code version} is compromised, marked already or still primary. */
    boolean compromised(SecretVersion version) {
        return version.compromised().isPresent()
                || emergency()
                        .filter(e -> e.versions().contains(version.number()))
                        .isPresent();
    }

    /** Whether the primary version is compromised, so that a new one has to take over. */
    boolean replacing() {
        return in(VersionState.PRIMARY).filter(this::compromised).isPresent();
    }

    /** Whether an emergency is under way whose plan is to revoke first. */
    boolean revokesFirst() {
        return emergency().filter(e -> e.plan() == Emergency.Plan.REVOKE_FIRST).isPresent();
    }

    /**
     * When no statement can take effect any more that was decided on a record before the write stamped {@code since}:
     * whoever read that record may begin one within D. The stamp may be e early by the clock of whoever judges it.
     */
    Instant statementsOver(Instant since) {
        return since.plus(time(TimingParameter.LAG))
                .plus(time(TimingParameter.SKEW))
                .plus(traits().statementDeadline());
    }

    /** How long an emergency waits until every replica that reaches the store has taken up a write: D + R + A. */
    Duration urgency() {
        return time(TimingParameter.LAG).plus(time(TimingParameter.REFRESH)).plus(time(TimingParameter.ADOPTION));
    }

    /** {@code version} with the mark that a member of an emergency gets, at the latest, when it ceases to produce. */
    SecretVersion marked(SecretVersion version) {
        return version.compromised().isPresent() || !compromised(version)
                ? version
                : version.compromised(emergency().orElseThrow().declared());
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

    /** What the version is called at its issuer that a rotation which began now would make. */
    Issuance coming() {
        return new Issuance(
                record.secret(),
                record.nextNumber(),
                Optional.empty(),
                evidence.rotationId(),
                record.rotation().sequence() + 1,
                1);
    }

    Issuance issuance(SecretVersion version) {
        return Issuance.of(record.secret(), version);
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
                .with(version.number(), v -> marked(v).in(state).stamped(Stamp.valueOf(state.name()), stamp()));
    }
}
