package dev.slipring.rotation;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.store.Emergency;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What declaring versions of one secret compromised would do and cost, before it is done. Immutable;
 * {@link #toString()} is for a person.
 *
 * @param secret the secret
 * @param emergency the versions and the plan
 * @param responses what happens to each version, for a person
 * @param exposure how long a compromised version stays valid; empty if that ends with a census or an operator
 * @param outage how long a replica that lags behind may fail
 * @param loss what is lost for good or has to be done by the application, for a person
 * @param items how many items that concerns, if anybody counts them
 * @param steps the dated steps
 */
public record EmergencyPlan(
        SecretName secret,
        Emergency emergency,
        String responses,
        Optional<Duration> exposure,
        Duration outage,
        String loss,
        OptionalLong items,
        RotationPlan steps) {

    /** The plan of {@code protocol} for {@code declared}, whose record was read at {@code now}. */
    static EmergencyPlan of(RotationProtocol protocol, SecretRecord declared, @Nullable Census census, Instant now) {
        Emergency emergency = declared.orders().emergency().orElseThrow();
        RotationPlan steps = RotationPlan.of(protocol, declared, Evidence.none("planned", 1), now);
        Situation situation = new Situation(declared, Evidence.none("planned", 1), now, protocol);
        return new EmergencyPlan(
                declared.secret(),
                emergency,
                emergency.versions().stream()
                        .flatMap(number -> declared.version(number).stream())
                        .map(v -> "version " + v.number() + " "
                                + EmergencyResponse.to(declared.phase(), v.state())
                                        .text())
                        .collect(Collectors.joining("; ")),
                steps.at(Step.Resolve.class).flatMap(end -> lastRevoked(steps, emergency.versions(), now)),
                outage(situation),
                loss(situation, steps),
                items(situation, census),
                steps);
    }

    private static Optional<Duration> lastRevoked(RotationPlan steps, Set<Integer> members, Instant now) {
        return Optional.of(steps.steps().stream()
                .filter(dated ->
                        dated.step().equals(Step.Done.class.getSimpleName()) && members.contains(dated.version()))
                .map(RotationPlan.Dated::at)
                .max(Instant::compareTo)
                .map(at -> Duration.between(now, at))
                .orElse(Duration.ZERO));
    }

    /** Replicas that lag behind meet what they do not know, or present what is revoked, until they have refreshed. */
    private static Duration outage(Situation s) {
        return s.replacing() && s.revokesFirst() ? s.urgency() : Duration.ZERO;
    }

    private static String loss(Situation s, RotationPlan steps) {
        if (s.policy().kind() == SecretKind.OUTBOUND) {
            return s.replacing() && s.revokesFirst()
                    ? "at most one failed call for each replica that refreshes when it is refused"
                    : "nothing";
        }
        if (s.policy().retirement() == Retirement.ON_CENSUS) {
            return s.emergency().orElseThrow().readsDenied()
                    ? "everything that only a compromised version opens"
                    : "nothing; what a compromised version opens has to be encrypted again";
        }
        return suspectUntil(s, steps)
                .map(until -> "everything issued until " + until + ", under whatever version")
                .orElse("nothing");
    }

    /** What was issued until the last compromised version retired may have been made by whoever has it. */
    private static Optional<Instant> suspectUntil(Situation s, RotationPlan steps) {
        Optional<Instant> replaced = s.replacing() ? steps.at(Step.Promote.class) : Optional.empty();
        return replaced.or(() -> s.emergency().orElseThrow().versions().stream()
                        .flatMap(number -> s.record().version(number).stream())
                        .flatMap(v -> v.at(Stamp.RETIRING).stream())
                        .max(Instant::compareTo))
                .map(at -> at.plus(s.time(TimingParameter.SKEW)));
    }

    private static OptionalLong items(Situation s, @Nullable Census census) {
        long sum = 0;
        for (SecretVersion version : s.record().versions()) {
            if (s.compromised(version)) {
                OptionalLong counted = census == null
                        ? OptionalLong.empty()
                        : census.remaining(s.record().secret(), version.number());
                if (counted.isEmpty()) {
                    return OptionalLong.empty();
                }
                sum += counted.getAsLong();
            }
        }
        return OptionalLong.of(sum);
    }

    @Override
    public String toString() {
        String line = System.lineSeparator();
        return "secret " + secret + ", " + emergency.plan() + ": " + responses + line
                + "exposure: " + exposure.map(Duration::toString).orElse("until an operator or a census ends it") + line
                + "outage: at most " + outage + " in a replica that lags behind" + line
                + "lost: " + loss + (items.isPresent() ? " (" + items.getAsLong() + " items)" : "") + line
                + steps;
    }
}
