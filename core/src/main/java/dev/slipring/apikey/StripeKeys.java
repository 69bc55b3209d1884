package dev.slipring.apikey;

import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Ticker;
import dev.slipring.rotation.Environment;
import dev.slipring.rotation.ProbeVerdict;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Issuers of Stripe's API keys, which an operator makes, rolls and expires in the dashboard: roll the key there with an
 * expiry of the old one that is longer than the overlap (at most 7 days), then provide the new one.
 *
 * <p>A live key is refused outside production, and a test key in it. A key is tried with {@code GET /v1/balance}: 2xx
 * and 403 mean that it is valid, 401 that it is not, anything else nothing. Not to be instantiated.
 */
public final class StripeKeys {
    static final URI STRIPE = URI.create("https://api.stripe.com");
    /** What every key is tried with. */
    static final String PROBE = "/v1/balance";
    /** For how long an expired key may still be answered, unless a builder is told. */
    static final Duration REVOCATION_DELAY = Duration.ofMinutes(5);

    private StripeKeys() {}

    /** Prepares single keys, secret ({@code sk_}) or restricted ({@code rk_}): prefer restricted ones. */
    public static Builder single() {
        return new Builder(false);
    }

    /** Prepares pairs of a publishable and a secret or restricted key: see {@link StripePair}. */
    public static Builder pairs() {
        return new Builder(true);
    }

    /** Collects what an issuer of Stripe's keys is made of. Not thread-safe. */
    public static final class Builder {
        private final boolean paired;
        private URI address = STRIPE;
        private Duration timeout = Duration.ofSeconds(10);
        private Duration revocation = REVOCATION_DELAY;
        private Ticker ticker = Ticker.system();

        private Builder(boolean paired) {
            this.paired = paired;
        }

        /**
         * Where the API is, without {@code /v1}; Stripe's own unless told.
         *
         * @throws IllegalArgumentException if keys would travel in the clear: neither {@code https} nor this machine
         */
        public Builder address(URI value) {
            address = ProbeCall.checkAddress(value);
            return this;
        }

        /** How long one call may take; 1 ms to 1 h, 10 s unless told. */
        public Builder timeout(Duration value) {
            timeout = ApiCalls.checkTime(value);
            return this;
        }

        /** How long after it was expired a key may still answer; not negative, 5 min unless told. */
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
            ProbeCall call = new ProbeCall(address.resolve(PROBE), timeout);
            return OperatorIssuer.builder(
                            "Stripe", paired ? value -> probePair(call, value) : value -> probe(call, value))
                    .form(paired ? StripePair::flaw : Builder::flaw)
                    .attributes(paired ? Builder::pairAttributes : Builder::attributes)
                    .revocation(revocation)
                    .ticker(ticker)
                    .build();
        }

        private static ProbeVerdict probe(ProbeCall call, SecretValue key) {
            return call.in(KeyHeader.basicUser(), key);
        }

        private static ProbeVerdict probePair(ProbeCall call, SecretValue value) {
            StripePair pair = StripePair.parse(value);
            try {
                return probe(call, pair.secret());
            } finally {
                pair.wipe();
            }
        }

        private static Optional<String> flaw(SecretValue value, Environment environment) {
            Optional<StripeForm.Found> found = StripeForm.find(value, StripeForm.SECRET, StripeForm.RESTRICTED);
            return found.isPresent()
                    ? found.get().flaw(environment)
                    : Optional.of("is not a secret or restricted key of Stripe, sk_... or rk_...");
        }

        private static Map<String, String> attributes(SecretValue value) {
            return StripeForm.find(value, StripeForm.SECRET, StripeForm.RESTRICTED)
                    .map(StripeForm.Found::attributes)
                    .orElse(Map.of());
        }

        private static Map<String, String> pairAttributes(SecretValue value) {
            StripePair pair = StripePair.parse(value);
            try {
                return attributes(pair.secret());
            } finally {
                pair.wipe();
            }
        }
    }
}
