package dev.slipring.rotation;

import static dev.slipring.keyring.TimingParameter.OVERLAP;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.VersionState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a version has to show before it is revoked, and who has to know of a write before the next one. Missing
 * evidence and evidence of use both mean to wait, and after half an overlap more to tell somebody. Stateless.
 */
final class EvidencePart {
    private EvidencePart() {}

    /** What to do until {@code moment} has come, if it has not. */
    static Optional<Step> elapsed(Situation s, Instant moment, String why) {
        return s.now().isBefore(moment) ? Optional.of(new Step.Wait(moment, why)) : Optional.empty();
    }

    /**
     * What to do until every live replica has taken up the present record: they have once {@code atLatest} has come,
     * or once all of them have said so, from {@code earliest} on.
     */
    static Optional<Step> known(Situation s, Instant earliest, Instant atLatest, String why) {
        if (!s.now().isBefore(atLatest)) {
            return Optional.empty();
        }
        if (s.now().isBefore(earliest)) {
            return elapsed(s, earliest.isBefore(atLatest) ? earliest : atLatest, why);
        }
        if (s.evidence().replicas().isEmpty() && s.protocol().storeTraits().reports()) {
            return Optional.of(new Step.AskReplicas(s.issuance(s.newest())));
        }
        Instant soon = s.soon().isBefore(atLatest) ? s.soon() : atLatest;
        return acknowledged(s) ? Optional.empty() : elapsed(s, soon, why);
    }

    /** Adds to {@code guard} what {@code version}, which ceased to produce at {@code left}, has to show. */
    static Guard complete(Situation s, SecretVersion version, Instant left, Guard guard) {
        if (s.traits().reportsUse()) {
            guard.needs(
                    Condition.IDLE_AT_ISSUER,
                    s.evidence().uses().get(version.number()) == UseReport.IDLE,
                    () -> askUse(s, version, left));
        }
        if (s.protocol().storeTraits().reports()) {
            askReplicas(s, version, left, guard);
        }
        return guard;
    }

    private static void askReplicas(Situation s, SecretVersion version, Instant left, Guard guard) {
        boolean asked = s.evidence().replicas().isPresent();
        List<ReplicaReport> reports = s.evidence().replicas().orElse(List.of());
        int number = version.number();
        boolean acknowledged =
                acknowledged(s) || (asked && reports.isEmpty() && !insists(s, EvidenceKind.ACKNOWLEDGEMENTS));
        guard.needs(
                        Condition.ACKNOWLEDGED,
                        acknowledged,
                        () -> asked
                                ? missing(s, left, "not every replica has left version " + number + ": " + behind(s))
                                : new Step.AskReplicas(s.issuance(version)))
                .needs(
                        Condition.IDLE_IN_REPLICAS,
                        lastUse(reports, number)
                                .map(at -> !s.now().isBefore(at.plus(s.timing().horizon())))
                                .orElse(true),
                        () -> missing(s, left, "a replica still produces with version " + number))
                .needs(
                        Condition.NEW_VERSION_IN_USE,
                        newVersionInUse(s, version, reports),
                        () -> missing(s, left, "nobody is known to produce with the version after " + number));
    }

    /** Whether every replica with a live lease, of which there is one, has taken up the present record. */
    private static boolean acknowledged(Situation s) {
        List<ReplicaReport> live = live(s);
        return !live.isEmpty()
                && live.stream()
                        .allMatch(report -> report.hasTakenUp(
                                s.record().incarnation(), s.record().epoch()));
    }

    private static List<ReplicaReport> live(Situation s) {
        return s.evidence().replicas().orElse(List.of()).stream()
                .filter(report -> s.now().isBefore(report.leaseUntil()))
                .toList();
    }

    private static String behind(Situation s) {
        List<ReplicaReport> live = live(s);
        return live.isEmpty()
                ? "no replica has a live lease"
                : live.stream()
                        .filter(report -> !report.hasTakenUp(
                                s.record().incarnation(), s.record().epoch()))
                        .map(ReplicaReport::replica)
                        .toList()
                        .toString();
    }

    /**
     * Whether the version that replaced {@code version} has been produced with. A secret with which nothing was
     * produced for a whole overlap has nothing to show, unless the policy insists.
     */
    private static boolean newVersionInUse(Situation s, SecretVersion version, List<ReplicaReport> reports) {
        if (version.state() == VersionState.PRIMARY) {
            return true; // the whole secret goes: nothing replaces it
        }
        Instant promoted = s.at(s.primary(), Stamp.PRIMARY);
        boolean used = lastUse(reports, s.primary().number())
                .filter(at -> !at.isBefore(promoted))
                .isPresent();
        Instant lately = s.now().minus(s.time(OVERLAP));
        boolean idle = reports.stream()
                .flatMap(report -> report.lastUse().values().stream())
                .noneMatch(at -> at.isAfter(lately));
        return used || (idle && !insists(s, EvidenceKind.NEW_VERSION_USE));
    }

    /** When a replica last produced with {@code version}, as far as {@code reports} tell. */
    static Optional<Instant> lastUse(List<ReplicaReport> reports, int version) {
        return reports.stream()
                .flatMap(report -> Optional.ofNullable(report.lastUse().get(version)).stream())
                .max(Instant::compareTo);
    }

    private static boolean insists(Situation s, EvidenceKind kind) {
        return s.policy().evidence().contains(kind);
    }

    private static Step askUse(Situation s, SecretVersion version, Instant left) {
        UseReport report = s.evidence().uses().get(version.number());
        return report == null
                ? new Step.AskUse(s.issuance(version))
                : missing(s, left, "version " + version.number() + " is not known to be idle at its issuer: " + report);
    }

    private static Step missing(Situation s, Instant left, String why) {
        Instant late = left.plus(s.time(OVERLAP).multipliedBy(3).dividedBy(2));
        return s.now().isBefore(late) ? s.waitSoon(why) : s.alert(why);
    }
}
