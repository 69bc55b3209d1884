package dev.slipring.rotation;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** What keeps the surroundings of a secret in order: orphans at the issuer, mirrors in the store, age. Stateless. */
final class UpkeepPart {
    private static final Duration WARNED = Duration.ofDays(1);
    private static final Duration PAGED = Duration.ofHours(6);

    private UpkeepPart() {}

    static Stream<Step> next(Situation s) {
        return Stream.of(sweep(s), reconcile(s), age(s)).flatMap(Optional::stream);
    }

    /**
     * Orphans are swept once a rotation's version is stored and no earlier statement can take effect any more, and
     * only up to that rotation: a mint that is under way is never swept.
     */
    private static Optional<Step> sweep(Situation s) {
        SecretVersion newest = s.newest();
        if (!s.traits().orphans() || s.has(Evidence.Kind.SWEPT, newest)) {
            return Optional.empty();
        }
        boolean settled = s.record().phase() != Phase.MINTING && s.record().phase() != Phase.ABORTING;
        Instant stored =
                newest.at(Stamp.PUBLISHED).or(() -> newest.at(Stamp.REVOKING)).orElse(Instant.MIN);
        return Optional.of(s.guard(Step.Sweep.class)
                .needs(
                        Condition.NO_ROTATION_UNDER_WAY,
                        settled,
                        () -> s.waitForever("orphans are swept once the new version is stored"))
                .notBefore(
                        Condition.NO_MINT_UNDER_WAY,
                        s.statementsOver(stored),
                        "a mint may still take effect at the issuer")
                .then(() -> new Step.Sweep(s.issuance(newest))));
    }

    private static Optional<Step> reconcile(Situation s) {
        return s.protocol().storeTraits().mirrors()
                ? s.in(VersionState.PRIMARY)
                        .filter(primary -> !s.has(Evidence.Kind.RECONCILED, primary))
                        .map(primary -> new Step.Reconcile(s.issuance(primary)))
                : Optional.empty();
    }

    /**
     * A primary that grows as old as the policy allows is somebody's business, whatever keeps it: told daily from the age
     * to warn at, four times a day from the one to page at, and like everything urgent past the last. Where an
     * operator has to provide the next value, he is reminded of that until then.
     */
    private static Optional<Step> age(Situation s) {
        return s.in(VersionState.PRIMARY).flatMap(primary -> aged(s, primary));
    }

    private static Optional<Step> aged(Situation s, SecretVersion primary) {
        Deadlines deadlines = s.policy().deadlines();
        Instant since = s.at(primary, Stamp.PRIMARY);
        String version = "version " + primary.number() + " is primary for longer than ";
        String end = ", and reaches its maximum age at " + since.plus(deadlines.hard());
        if (s.now().isAfter(since.plus(deadlines.hard()))) {
            return Optional.of(s.alert(version + "the maximum age of " + deadlines.hard()));
        } else if (s.traits().provided()) {
            return Optional.empty();
        } else if (s.now().isAfter(since.plus(deadlines.page()))) {
            return Optional.of(
                    new Step.Alert(s.soon(), version + "the age to page at, " + deadlines.page() + end, PAGED));
        } else if (s.now().isAfter(since.plus(deadlines.warn()))) {
            return Optional.of(
                    new Step.Alert(s.soon(), version + "the age to warn at, " + deadlines.warn() + end, WARNED));
        }
        return Optional.empty();
    }
}
