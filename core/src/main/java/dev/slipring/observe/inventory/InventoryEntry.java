package dev.slipring.observe.inventory;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.VersionState;
import dev.slipring.observe.inventory.InventoryNotice.Attention;
import dev.slipring.rotation.Deadlines;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.RotationPlan;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One secret in an inventory, at one moment. Metadata only. Immutable.
 *
 * @param secret its name
 * @param description what the application says of it
 * @param rule how it is rotated; empty if whoever made the inventory does not know
 * @param known what was read of it; empty if nothing was, or it cannot be used
 * @param plan what will be written and when, if all goes well; empty if that is not known
 * @param deadlines at which somebody is told of the age of the primary version; empty if that is not known
 * @param notices what should not be overlooked
 */
public record InventoryEntry(
        SecretName secret,
        SecretDescription description,
        Optional<Rule> rule,
        Optional<Known> known,
        Optional<RotationPlan> plan,
        Optional<Due> deadlines,
        List<InventoryNotice> notices) {

    /** An entry. */
    public InventoryEntry {
        Objects.requireNonNull(secret, "secret");
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(known, "known");
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(deadlines, "deadlines");
        notices = List.copyOf(notices);
    }

    /**
     * How a secret is rotated.
     *
     * @param policy when, and under which timing
     * @param issuer how the issuer is called
     * @param traits what the issuer is like
     */
    public record Rule(RotationPolicy policy, String issuer, IssuerTraits traits) {
        /** A rule. */
        public Rule {
            Objects.requireNonNull(policy, "policy");
            Objects.requireNonNull(issuer, "issuer");
            Objects.requireNonNull(traits, "traits");
        }

        /** By {@code policy}, of values that {@code issuer} makes. */
        public static Rule of(RotationPolicy policy, SecretIssuer issuer) {
            return new Rule(policy, issuer.name(), issuer.traits());
        }
    }

    /**
     * What was read of a secret.
     *
     * @param record everything but its values
     * @param readAt the store's time at the read
     */
    public record Known(SecretRecord record, Instant readAt) {
        /** What was read. */
        public Known {
            Objects.requireNonNull(record, "record");
            Objects.requireNonNull(readAt, "readAt");
        }
    }

    /**
     * The deadlines of a primary version.
     *
     * @param start the schedule has begun to replace it by then
     * @param warn somebody should look
     * @param page somebody has to act
     * @param hard it has reached its maximum age
     */
    public record Due(Instant start, Instant warn, Instant page, Instant hard) {
        /** The deadlines. */
        public Due {
            Objects.requireNonNull(start, "start");
            Objects.requireNonNull(warn, "warn");
            Objects.requireNonNull(page, "page");
            Objects.requireNonNull(hard, "hard");
        }
    }

    /**
     * The entry of a secret that was read as {@code reading}, judged {@code at} a moment in the store's time.
     *
     * @param rule how it is rotated; empty if that is not known, and with it its next steps and deadlines
     */
    public static InventoryEntry of(
            SecretName secret, SecretDescription description, Optional<Rule> rule, Reading reading, Instant at) {
        Optional<Known> known = reading.record().map(record -> new Known(record, reading.storeNow()));
        if (known.isEmpty()) {
            return unknown(secret, description, rule, InventoryNotice.Kind.UNUSABLE, "it has no record");
        }
        SecretRecord record = known.get().record();
        Optional<RotationPlan> plan =
                rule.map(of -> of.policy().plan(record, of.traits(), later(reading.storeNow(), at)));
        Optional<Due> due = rule.flatMap(of -> primaryOf(record).flatMap(primary -> due(of.policy(), primary)));
        List<InventoryNotice> notices = new InventoryNotices(known.get(), due, at).all();
        return new InventoryEntry(secret, description, rule, known, plan, due, notices);
    }

    /** The entry of a secret that was declared and is not read yet, or is no longer in use. */
    public static InventoryEntry unread(SecretName secret, SecretDescription description) {
        String why = "it is not read yet, or no longer in use";
        return unknown(secret, description, Optional.empty(), InventoryNotice.Kind.NOT_READ, why);
    }

    /** The entry of a secret of which nothing can be told but {@code why}. */
    static InventoryEntry unknown(
            SecretName secret,
            SecretDescription description,
            Optional<Rule> rule,
            InventoryNotice.Kind kind,
            String why) {
        return new InventoryEntry(
                secret,
                description,
                rule,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(new InventoryNotice(kind, Attention.ACT, why)));
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static Optional<Due> due(RotationPolicy policy, SecretVersion primary) {
        Deadlines deadlines = Deadlines.of(policy.maxAge());
        return primary.at(Stamp.PRIMARY)
                .map(since -> new Due(
                        since.plus(policy.beginAfter()),
                        since.plus(deadlines.warn()),
                        since.plus(deadlines.page()),
                        since.plus(deadlines.hard())));
    }

    private static Optional<SecretVersion> primaryOf(SecretRecord record) {
        return record.versions().stream().filter(v -> v.state().produces()).findFirst();
    }

    /** The version that produces; empty if none does, or nothing is known. */
    public Optional<SecretVersion> primary() {
        return known.flatMap(of -> primaryOf(of.record()));
    }

    /** Every version there ever was, as far as is known, by ascending number. */
    public List<SecretVersion> versions() {
        return known.map(of -> of.record().versions()).orElse(List.of());
    }

    /** How much the secret asks for: as much as the most urgent of the notices. */
    public Attention attention() {
        return notices.stream()
                .map(InventoryNotice::attention)
                .max(Comparator.naturalOrder())
                .orElse(Attention.NONE);
    }

    /** The next step that will be written, if one has a date. */
    public Optional<RotationPlan.Dated> next() {
        return plan.flatMap(of -> of.steps().stream().findFirst());
    }

    /** For how long the primary version has been primary at the moment {@code at}; zero if that lies before. */
    public Optional<Duration> age(Instant at) {
        return primary().flatMap(version -> version.at(Stamp.PRIMARY)).map(since -> Spoken.between(since, at));
    }

    /** Since when {@code version} has been in its state, as far as its record says. */
    static Optional<Instant> since(SecretVersion version) {
        return version.state() == VersionState.STAGED
                ? Optional.empty()
                : version.at(Stamp.valueOf(version.state().name()));
    }
}
