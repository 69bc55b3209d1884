package dev.slipring.apikey;

import dev.slipring.keyring.SecretStrength;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Ticker;
import dev.slipring.rotation.Environment;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.UseReport;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An operator who makes keys where no program can, such as in a service's dashboard.
 *
 * <p>Nothing is minted here. A rotation begins when the operator provides a key ({@code Slipring.provide}), and
 * listeners are reminded from when one is due: weekly, daily once it is overdue. The key is looked at first: it is one
 * line of printable ASCII without white space, has the form of the service's keys, belongs to this environment, and is
 * valid now. When the old key's overlap is over, listeners are told that the operator has to expire it, daily, until it
 * is found dead; where no key can be tried, until the operator confirms it with
 * {@link dev.slipring.rotation.Command.Expired}. Nothing else waits for that.
 *
 * <p>Safe for use by several threads.
 */
public final class OperatorIssuer implements SecretIssuer {
    /** The attribute that names the service. */
    public static final String SERVICE = "service";

    private final String service;
    private final BiFunction<SecretValue, Environment, Optional<String>> form;
    private final Function<SecretValue, Map<String, String>> attributes;
    private final @Nullable Function<SecretValue, ProbeVerdict> probe;
    private final NegativeProbes negative;

    private OperatorIssuer(Builder builder) {
        service = builder.service;
        form = builder.form;
        attributes = builder.attributes;
        probe = builder.probe;
        negative = new NegativeProbes(builder.revocation, builder.ticker);
    }

    /**
     * Prepares keys that are tried by {@code probe}.
     *
     * @param service name of the service, for messages and records
     * @param probe tries a key, within seconds and without side effects; one that throws has come to no verdict. It
     *     must not keep the key
     */
    public static Builder builder(String service, Function<SecretValue, ProbeVerdict> probe) {
        return new Builder(service, Objects.requireNonNull(probe, "probe"));
    }

    /**
     * Prepares keys that cannot be tried: a wrong one is found by the application's calls failing, and that an old one
     * was expired is taken on an operator's word. Only for services without any call that could tell.
     *
     * @param service name of the service, for messages and records
     */
    public static Builder withoutProbe(String service) {
        return new Builder(service, null);
    }

    @Override
    public IssuerTraits traits() {
        return IssuerTraits.operator(probe != null);
    }

    /**
     * Makes nothing.
     *
     * @throws IssuerException always: an operator must provide the value
     */
    @Override
    public SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
        throw new IssuerException("secret " + issuance.secret() + " version " + issuance.version()
                + ": an operator must make the value at " + service + " and provide it, with "
                + (issuance.version() == 1 ? "Slipring.adopt" : "Slipring.provide"));
    }

    /** What an operator provides is valid already: does nothing. */
    @Override
    public void install(Issuance issuance, SecretValue value) {}

    @Override
    public Map<String, String> attributes(SecretValue value) {
        Map<String, String> facts = new TreeMap<>(attributes.apply(value));
        facts.put(SERVICE, service);
        return facts;
    }

    @Override
    public Optional<String> flaw(SecretValue value, Environment environment) {
        return KeyText.flaw(value)
                .or(() -> form.apply(value, environment))
                .or(() -> SecretStrength.flaw(value))
                .or(() -> probe == null ? Optional.empty() : flaw(tried(probe, value)));
    }

    private Optional<String> flaw(ProbeVerdict verdict) {
        return switch (verdict) {
            case ALIVE -> Optional.empty();
            case DEAD -> Optional.of("is not valid at " + service);
            case INCONCLUSIVE -> Optional.of("could not be shown to be valid at " + service + "; try again later");
        };
    }

    /**
     * DEAD counts once it was found so often, and over so long a time, that it is neither a slip nor a lagging node.
     */
    @Override
    public ProbeVerdict probe(Issuance issuance, SecretValue value) {
        if (probe == null) {
            return ProbeVerdict.INCONCLUSIVE;
        }
        negative.begin(issuance); // no call from here revokes a key: it may die at any time
        return negative.judged(issuance, tried(probe, value));
    }

    /**
     * Cannot revoke: never called, since the traits say so.
     *
     * @throws IssuerException always: an operator must expire the value
     */
    @Override
    public void revoke(Issuance issuance) {
        throw new IssuerException("secret " + issuance.secret() + " version " + issuance.version()
                + ": an operator must expire the value at " + service);
    }

    /** Nobody can tell: never called, since the traits say so. */
    @Override
    public UseReport use(Issuance issuance) {
        return UseReport.UNKNOWN;
    }

    @Override
    public String toString() {
        return "OperatorIssuer[" + service + "]";
    }

    private static ProbeVerdict tried(Function<SecretValue, ProbeVerdict> probe, SecretValue value) {
        try {
            return probe.apply(value);
        } catch (RuntimeException e) {
            return ProbeVerdict.INCONCLUSIVE; // what it says may hold the key
        }
    }

    /** Collects what an {@link OperatorIssuer} is made of. Not thread-safe. */
    public static final class Builder {
        private final String service;
        private final @Nullable Function<SecretValue, ProbeVerdict> probe;
        private BiFunction<SecretValue, Environment, Optional<String>> form = (value, environment) -> Optional.empty();
        private Function<SecretValue, Map<String, String>> attributes = value -> Map.of();
        private Duration revocation = Duration.ofMinutes(5);
        private Ticker ticker = Ticker.system();

        private Builder(String service, @Nullable Function<SecretValue, ProbeVerdict> probe) {
            if (service.isBlank()) {
                throw new IllegalArgumentException("a service has a name");
            }
            this.service = service;
            this.probe = probe;
        }

        /**
         * What keys look like, and to which environment they belong; anything goes unless told.
         *
         * @param value tells what is wrong with a key: the rest of a sentence that begins with "the value", without
         *     material; empty if nothing is
         */
        public Builder form(BiFunction<SecretValue, Environment, Optional<String>> value) {
            form = Objects.requireNonNull(value, "form");
            return this;
        }

        /** Public facts about a key for the record, always the same for one key; none but the service unless told. */
        public Builder attributes(Function<SecretValue, Map<String, String>> value) {
            attributes = Objects.requireNonNull(value, "attributes");
            return this;
        }

        /**
         * How long a key may answer now this, now that after it was expired: it counts as dead once it was found dead
         * several times in a row over that time; zero believes the first; not negative, 5 min unless told.
         */
        public Builder revocation(Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException("revocation delay " + value + " is negative");
            }
            revocation = value;
            return this;
        }

        /** The monotonic clock; the system's unless told. */
        public Builder ticker(Ticker value) {
            ticker = Objects.requireNonNull(value, "ticker");
            return this;
        }

        /** The issuer. */
        public OperatorIssuer build() {
            return new OperatorIssuer(this);
        }
    }
}
