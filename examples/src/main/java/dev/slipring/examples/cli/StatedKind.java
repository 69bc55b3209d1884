package dev.slipring.examples.cli;

import dev.slipring.apikey.OperatorIssuer;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.Retirement;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.SecretKind;
import dev.slipring.rotation.WhenStale;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a secret is for, which its record does not say outright, and what follows from that. */
enum StatedKind {
    /** A key that signs session tokens. */
    SESSION(SecretKind.SELF, Retirement.ON_TIME, 90),
    /** A key that wraps data keys. */
    ENCRYPTION(SecretKind.SELF, Retirement.ON_CENSUS, 180),
    /** A key that is presented to somebody else's service. */
    API_KEY(SecretKind.OUTBOUND, Retirement.ON_TIME, 90),
    /** A secret by which somebody else signs what is sent here. */
    WEBHOOK(SecretKind.INBOUND, Retirement.ON_TIME, 90),
    /** A login of a database. */
    LOGIN(SecretKind.OUTBOUND, Retirement.ON_TIME, 30);

    private static final Duration STATEMENTS = Duration.ofMinutes(1);

    private final SecretKind kind;
    private final Retirement retirement;
    private final Duration maxAge;

    StatedKind(SecretKind kind, Retirement retirement, int days) {
        this.kind = kind;
        this.retirement = retirement;
        maxAge = Duration.ofDays(days);
    }

    SecretKind kind() {
        return kind;
    }

    /** The longest time for which a version of this kind is primary, unless told. */
    Duration maxAge() {
        return maxAge;
    }

    /** As an option's value. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String toString() {
        return word();
    }

    /**
     * The kind of the secret that has {@code record}: what the record shows, or what the operator states.
     *
     * @throws NotDoneException if the two contradict each other, or there is neither
     */
    static StatedKind of(SecretRecord record, @Nullable StatedKind stated) {
        String secret = "secret " + record.secret();
        Set<StatedKind> possible = shown(record);
        if (stated == null && possible.size() == 1) {
            return possible.iterator().next();
        } else if (stated == null) {
            throw NotDoneException.usage(
                    secret + ": its record does not show of what kind it is, so say it: --kind is one of " + possible);
        } else if (!possible.contains(stated)) {
            throw NotDoneException.usage(
                    secret + " is no secret of kind " + stated + ": by its record it can be " + possible);
        }
        return stated;
    }

    /** Slots are those of logins, a service stands behind provided values, and only what we sign lives on. */
    private static Set<StatedKind> shown(SecretRecord record) {
        if (record.versions().stream().anyMatch(version -> version.slot().isPresent())) {
            return Set.of(LOGIN);
        } else if (service(record).isPresent()) {
            return new TreeSet<>(Set.of(API_KEY, WEBHOOK));
        } else if (!record.rotation().timing().get(TimingParameter.LIFETIME).isZero()) {
            return Set.of(SESSION);
        }
        return new TreeSet<>(Set.of(values()));
    }

    /** The service at which operators make the values of a secret, if that is how they are made. */
    static Optional<String> service(SecretRecord record) {
        return record.versions().stream()
                .flatMap(version -> Optional.ofNullable(version.attributes().get(OperatorIssuer.SERVICE)).stream())
                .findFirst();
    }

    /** What is known of the application's policy: the kind, and the timing in force. */
    RotationPolicy policy(Timing timing, Duration age) {
        RotationPolicy usual = newPolicy(age);
        return new RotationPolicy(
                kind,
                retirement,
                timing,
                age,
                usual.retryBudget(),
                Duration.ZERO,
                usual.cachedKeyLife(),
                Set.of(),
                WhenStale.KEEP,
                false);
    }

    /** A policy with the usual timing. */
    RotationPolicy newPolicy(Duration age) {
        return RotationPolicy.builder(kind, age).retirement(retirement).build();
    }

    /** Somebody with the traits of the issuer, as far as the kind and the record show them, who can do nothing. */
    SecretIssuer absent(SecretRecord record) {
        return service(record)
                .<SecretIssuer>map(
                        service -> OperatorIssuer.withoutProbe(service).build())
                .orElseGet(() -> new AbsentIssuer(traits(record)));
    }

    private IssuerTraits traits(SecretRecord record) {
        return switch (this) {
            case SESSION, ENCRYPTION -> IssuerTraits.NONE;
            case API_KEY -> new IssuerTraits(Install.BEFORE_PUBLISH, List.of(), true, false, Duration.ZERO);
            case WEBHOOK -> new IssuerTraits(Install.AFTER_PUBLISH_DELAY, List.of(), false, false, Duration.ZERO);
            case LOGIN -> new IssuerTraits(Install.BEFORE_PUBLISH, slots(record), true, false, STATEMENTS);
        };
    }

    /** The slots seen so far; of two, the second shows with the second version. */
    private static List<String> slots(SecretRecord record) {
        List<String> slots = new ArrayList<>(record.versions().stream()
                .map(SecretVersion::slot)
                .flatMap(Optional::stream)
                .distinct()
                .toList());
        if (slots.size() == 1) {
            slots.add("the other");
        }
        return slots;
    }
}
