package dev.slipring.rotation;

import static dev.slipring.keyring.TimingParameter.REVOCATION;
import static dev.slipring.keyring.TimingParameter.SOAK;

import dev.slipring.keyring.Mark;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** The retirement of each version, in any phase: intend, revoke, done, destroy. Stateless. */
final class RetirementPart {
    private RetirementPart() {}

    /** The one step of the version whose revocation was intended, if there is one. */
    static Stream<Step> revoking(Situation s) {
        return s.in(VersionState.REVOKING).map(version -> revoke(s, version)).stream();
    }

    /** One step for each version that waits to be revoked or destroyed. */
    static Stream<Step> retiring(Situation s) {
        return s.record().versions().stream().flatMap(version -> switch (version.state()) {
            case PRIMARY -> s.record().orders().closing().isPresent() ? Stream.of(close(s, version)) : Stream.empty();
            case RETIRING -> Stream.of(intend(s, version, s.at(version, Stamp.RETIRING)));
            case REVOKED -> Stream.of(destroy(s, version));
            default -> Stream.empty();
        });
    }

    /** The primary of a secret that is retired as a whole goes like any other, from when that was ordered. */
    private static Step close(Situation s, SecretVersion primary) {
        Instant ordered = s.record().orders().closing().map(Mark::at).orElse(Instant.MAX);
        return s.record().phase() == Phase.IDLE
                ? intend(s, primary, ordered)
                : s.waitSoon("the rotation under way ends before the secret is retired as a whole");
    }

    private static Step intend(Situation s, SecretVersion version, Instant left) {
        boolean readmitted = version.at(Stamp.READMITTED).isPresent();
        Guard guard = s.guard(Step.Intend.class)
                .needs(
                        Condition.NOT_READMITTED,
                        !readmitted,
                        () -> s.waitSoon("version " + version.number() + " is readmitted"))
                .needs(Condition.NOT_HELD, version.held().isEmpty(), () -> s.waitSoon(held(version)))
                .needs(
                        Condition.NO_OTHER_REVOKING,
                        s.in(VersionState.REVOKING).isEmpty(),
                        () -> s.waitSoon("another version is being revoked"))
                .notBefore(
                        Condition.OVERLAP_PASSED,
                        EmergencyPart.overlapEnd(s, version, left),
                        "version " + version.number() + " is still accepted")
                .needs(Condition.INSTALLED, switched(s, version), () -> switchAgain(s));
        if (!EmergencyPart.revokedWithoutEvidence(s, version)) {
            EvidencePart.complete(s, version, left, guard);
            if (s.policy().retirement() == Retirement.ON_CENSUS) {
                census(s, version, left, guard);
            }
        }
        return guard.then(() -> new Step.Intend(
                s.entering(version, VersionState.REVOKING, s.record().phase()), version.number()));
    }

    /** Where installing is the switch, a rollback that was given up may have switched: first to the primary again. */
    private static boolean switched(Situation s, SecretVersion version) {
        return s.traits().install() != Install.AFTER_PUBLISH_DELAY
                || version.state() == VersionState.PRIMARY
                || (!switching(s) && s.has(Evidence.Kind.INSTALLED, s.primary()));
    }

    /** A statement that comes late must not find the next switch made already. */
    private static Step switchAgain(Situation s) {
        return switching(s)
                ? s.waitSoon("the issuer is being switched to another version")
                : new Step.Install(s.issuance(s.primary()));
    }

    private static boolean switching(Situation s) {
        return s.incoming().isPresent() || s.readmitted().isPresent();
    }

    private static void census(Situation s, SecretVersion version, Instant retired, Guard guard) {
        Instant earliest = retired.plus(s.timing().horizon()).plus(s.policy().cachedKeyLife());
        Optional<CensusCount> count =
                Optional.ofNullable(s.evidence().censuses().get(version.number()));
        boolean tried = s.has(Evidence.Kind.COUNTED, version);
        guard.notBefore(
                        Condition.CENSUS_LATE_ENOUGH,
                        earliest,
                        "a census counts once nobody can still use version " + version.number())
                .needs(Condition.CENSUS_ZERO, count.isPresent() || tried, () -> new Step.Count(s.issuance(version)))
                .needs(
                        Condition.CENSUS_LATE_ENOUGH,
                        count.map(c -> !c.startedAt().isBefore(earliest)).orElse(true),
                        () -> s.waitSoon("the census of version " + version.number() + " began too early"))
                .needs(
                        Condition.CENSUS_ZERO,
                        count.map(c -> c.remaining() == 0).orElse(false),
                        () -> s.waitSoon(count.map(c -> c.remaining() + " items still need version " + version.number())
                                .orElse("no census of version " + version.number() + " is to be had")));
    }

    /** Where installing is the switch, an aborted version may have been switched to: back first, then revoke. */
    static Step revoke(Situation s, SecretVersion version) {
        Optional<ProbeVerdict> verdict = s.verdict(version);
        boolean unused = ProvisionPart.isUnused(s, version);
        boolean unprobed = unused || !s.traits().probes();
        boolean switchedBack = s.record().phase() != Phase.ABORTING
                || s.traits().install() != Install.AFTER_PUBLISH_DELAY
                || s.has(Evidence.Kind.INSTALLED, s.primary());
        Guard guard = s.guard(Step.Done.class)
                .needs(Condition.INSTALLED, switchedBack, () -> new Step.Install(s.issuance(s.primary())))
                .needs(
                        Condition.REVOKED_AT_ISSUER,
                        !s.traits().revokes() || s.has(Evidence.Kind.REVOKED, version),
                        () -> new Step.Revoke(s.issuance(version)))
                .notBefore(
                        Condition.NO_INSTALL_UNDER_WAY,
                        installsOver(s, version),
                        "version " + version.number() + " may still be installed, and is revoked again then")
                .needs(
                        Condition.PROBED_DEAD,
                        unprobed || verdict.isPresent(),
                        () -> new Step.Probe(s.issuance(version)))
                .needs(
                        Condition.PROBED_DEAD,
                        unprobed || verdict.equals(Optional.of(ProbeVerdict.DEAD)),
                        () -> stillAnswered(s, version));
        if (s.traits().provided()) {
            guard.needs(
                    Condition.OPERATOR_ASKED,
                    s.traits().probes() || unused || ProvisionPart.isExpired(s, version),
                    () -> ProvisionPart.expire(s, version));
        }
        return guard.then(() -> done(s, version));
    }

    private static Step done(Situation s, SecretVersion version) {
        boolean aborted = s.record().phase() == Phase.ABORTING && version.equals(s.newest());
        return new Step.Done(s.entering(
                version, VersionState.REVOKED, aborted ? Phase.IDLE : s.record().phase()));
    }

    /** Until X has passed a version may be answered although it is revoked; after that somebody should look. */
    private static Step stillAnswered(Situation s, SecretVersion version) {
        if (s.traits().provided()) {
            return ProvisionPart.expire(s, version);
        }
        String why = "version " + version.number() + " was revoked but probes "
                + s.verdict(version).map(Enum::name).orElse("nothing");
        return mayStillAnswer(s.timing(), version, s.now()) ? s.waitSoon(why) : s.alert(why);
    }

    /** Whether X has not passed yet since the intent to revoke {@code version}. */
    static boolean mayStillAnswer(Timing timing, SecretVersion version, Instant now) {
        Duration delay = timing.get(REVOCATION);
        return !delay.isZero()
                && now.isBefore(
                        version.at(Stamp.REVOKING).orElse(Situation.NEVER).plus(delay));
    }

    /** A version that was given up may have been on its way to its issuer right then. */
    private static Instant installsOver(Situation s, SecretVersion version) {
        boolean justMinted = version.at(Stamp.PRIMARY).isEmpty()
                && version.at(Stamp.RETIRING).isEmpty();
        return justMinted && s.traits().install() != Install.NEVER
                ? s.statementsOver(s.at(version, Stamp.REVOKING))
                : Instant.MIN;
    }

    /** What may be the only way to open old data is erased on an operator's word, never by itself. */
    private static boolean onlyByCommand(Situation s, SecretVersion version) {
        return s.policy().retirement() == Retirement.ON_CENSUS
                && version.at(Stamp.PRIMARY).isPresent();
    }

    /** What was counted before the version was revoked may have come back since, from a backup or a forgotten place. */
    private static boolean nothingLost(Situation s, SecretVersion version) {
        boolean forced = s.evidence()
                .command()
                .filter(command -> command instanceof Command.Destroy destroy && destroy.forced())
                .isPresent();
        CensusCount count = s.evidence().censuses().get(version.number());
        return !onlyByCommand(s, version) || forced || (count != null && count.remaining() == 0);
    }

    private static Step countAgain(Situation s, SecretVersion version) {
        int number = version.number();
        CensusCount count = s.evidence().censuses().get(number);
        if (count == null && !s.has(Evidence.Kind.COUNTED, version)) {
            return new Step.Count(s.issuance(version));
        }
        return s.waitSoon(
                count == null
                        ? "no census of version " + number + " is to be had: what needs it becomes unreadable for good"
                                + " if it is destroyed by force"
                        : count.remaining() + " items still need version " + number
                                + " and become unreadable for good if it is destroyed by force");
    }

    static Step destroy(Situation s, SecretVersion version) {
        Instant soaked = s.at(version, Stamp.REVOKED).plus(s.time(SOAK));
        return s.guard(Step.Destroy.class)
                .needs(
                        Condition.OPERATOR_ASKED,
                        s.evidence().command().isPresent() || !onlyByCommand(s, version),
                        () -> s.waitForever("version " + version.number() + " is destroyed on an operator's word only"))
                .notBefore(
                        Condition.SOAK_PASSED,
                        soaked,
                        "the value of version " + version.number() + " is kept for a while")
                .needs(Condition.NOT_HELD, version.held().isEmpty(), () -> s.waitSoon(held(version)))
                .needs(Condition.CENSUS_ZERO, nothingLost(s, version), () -> countAgain(s, version))
                .needs(
                        Condition.ERASED,
                        s.has(Evidence.Kind.ERASED, version),
                        () -> new Step.Erase(s.issuance(version)))
                .then(() -> new Step.Destroy(
                        s.entering(version, VersionState.DESTROYED, s.record().phase())));
    }

    static String held(SecretVersion version) {
        return "version " + version.number() + " is held"
                + version.held()
                        .map(mark -> " by " + mark.by() + ": " + mark.reason())
                        .orElse("");
    }
}
