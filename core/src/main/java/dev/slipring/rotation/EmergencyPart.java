package dev.slipring.rotation;

import static dev.slipring.keyring.TimingParameter.LIFETIME;
import static dev.slipring.keyring.TimingParameter.OVERLAP;

import dev.slipring.keyring.Mark;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Emergency;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a compromise changes: which waits are cut short, which evidence is not waited for, when it is over. The
 * steps themselves are those of every rotation. Stateless.
 */
final class EmergencyPart {
    /** How often somebody is told that an emergency is still open. */
    static final Duration REMINDER = Duration.ofMinutes(15);

    private EmergencyPart() {}

    /** Declares versions compromised, in any phase: all that may be valid, if the command names none. */
    static Step compromise(Situation s, Command.Compromise command) {
        Set<Integer> members = members(s.record(), command.versions());
        Optional<Integer> unknown = members.stream()
                .filter(number -> s.record().version(number).isEmpty())
                .findFirst();
        if (unknown.isPresent()) {
            return new Step.Refuse("there is no version " + unknown.get());
        }
        Mark mark = new Mark(s.stamp(), command.by(), command.reason());
        Emergency declared = new Emergency(members, command.plan(), command.denyReads(), mark);
        Emergency emergency = s.emergency().map(open -> open.joined(declared)).orElse(declared);
        SecretRecord next = s.record().then(s.record().phase());
        next = next.with(next.orders().emergency(Optional.of(emergency)));
        for (int number : members) {
            next = next.with(
                    number, v -> v.state().produces() || v.compromised().isPresent() ? v : v.compromised(mark));
        }
        return new Step.Compromise(next);
    }

    private static Set<Integer> members(SecretRecord record, Set<Integer> named) {
        return named.isEmpty()
                ? record.versions().stream()
                        .filter(v -> v.state().compareTo(VersionState.REVOKED) < 0)
                        .map(SecretVersion::number)
                        .collect(Collectors.toCollection(TreeSet::new))
                : named;
    }

    /** What comes next because of the emergency itself: its end, or a reminder that it is open. */
    static Stream<Step> next(Situation s) {
        return s.emergency().map(emergency -> resolve(s, emergency)).stream();
    }

    private static Step resolve(Situation s, Emergency emergency) {
        List<SecretVersion> members = emergency.versions().stream()
                .flatMap(number -> s.record().version(number).stream())
                .toList();
        List<String> open = members.stream()
                .filter(v -> v.state().compareTo(VersionState.REVOKED) < 0)
                .map(v -> "version " + v.number() + " is " + v.state())
                .toList();
        Instant revoked = members.stream()
                .flatMap(v -> v.at(Stamp.REVOKING).stream())
                .max(Instant::compareTo)
                .orElse(Instant.MIN);
        Optional<Step> behind = s.traits().probes() || revoked.equals(Instant.MIN)
                ? Optional.empty()
                : EvidencePart.known(
                        s, revoked, revoked.plus(s.timing().horizon()), "every replica leaves what is compromised");
        return s.guard(Step.Resolve.class)
                .needs(Condition.EVERY_MEMBER_REVOKED, open.isEmpty(), () -> reminder(s, emergency, open))
                .needs(Condition.NO_REPLICA_BEHIND, behind.isEmpty(), behind::orElseThrow)
                .then(() -> new Step.Resolve(s.record()
                        .then(s.record().phase())
                        .with(s.record().orders().emergency(Optional.empty()))));
    }

    private static Step reminder(Situation s, Emergency emergency, List<String> open) {
        Mark declared = emergency.declared();
        return new Step.Alert(
                s.now().plus(REMINDER),
                "emergency since " + declared.at() + ", declared by " + declared.by() + " (" + declared.reason() + "): "
                        + String.join(", ", open));
    }

    /**
     * When {@code version}, which ceased to produce at {@code left}, may be revoked as far as time goes. What is
     * compromised and rejected by its mark need not wait; what is presented to an issuer waits until the replicas
     * have left it, unless the plan is to revoke first. A sound version whose slot an emergency needs is given
     * only the least overlap.
     */
    static Instant overlapEnd(Situation s, SecretVersion version, Instant left) {
        if (revokedWithoutEvidence(s, version)) {
            boolean overlapFirst = s.policy().kind() == SecretKind.OUTBOUND && !s.revokesFirst();
            return overlapFirst && version.state() == VersionState.RETIRING ? left.plus(s.urgency()) : Instant.MIN;
        }
        boolean inTheWay = s.replacing() && version.slot().isPresent() && version.state() == VersionState.RETIRING;
        Duration least = s.timing().horizon().plus(s.time(LIFETIME));
        return left.plus(inTheWay ? least : s.time(OVERLAP));
    }

    /** Whether {@code version} is compromised and nothing that only it can open is waited for. */
    static boolean revokedWithoutEvidence(Situation s, SecretVersion version) {
        boolean kept = s.policy().retirement() == Retirement.ON_CENSUS
                && !s.emergency().map(Emergency::readsDenied).orElse(false);
        return s.compromised(version) && !kept;
    }
}
