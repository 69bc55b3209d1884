package dev.slipring.apikey;

import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Environment;
import dev.slipring.rotation.ProbeVerdict;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Issuers of Stripe's API keys, which an operator makes, rolls and expires in the dashboard: roll the key there with an
 * expiry of the old one that is longer than the overlap (at most 7 days), then provide the new one.
 *
 * <p>A live key is refused outside production, and a test key in it. A key is tried with {@code GET /v1/balance}: 2xx
 * and 403 mean that it is valid, 401 that it is not, anything else nothing. Immutable and safe for use by several
 * threads.
 */
public final class StripeKeys {
    private static final String SERVICE = "Stripe";

    static final URI STRIPE = URI.create("https://api.stripe.com");
    /** What every key is tried with. */
    static final String PROBE = "/v1/balance";
    /** For how long an expired key may still be answered, unless a builder is told. */
    static final Duration REVOCATION_DELAY = Duration.ofMinutes(5);

    private final URI address;
    private final Duration timeout;

    private StripeKeys(URI address, Duration timeout) {
        this.address = address;
        this.timeout = timeout;
    }

    /** Keys of {@code https://api.stripe.com}, each tried within 10 s. */
    public static StripeKeys standard() {
        return new StripeKeys(STRIPE, Duration.ofSeconds(10));
    }

    /**
     * The same where the API is at another address.
     *
     * @param value without {@code /v1}
     * @throws IllegalArgumentException if keys would travel in the clear: neither {@code https} nor this machine
     */
    public StripeKeys address(URI value) {
        return new StripeKeys(ProbeCall.checkAddress(value), timeout);
    }

    /** The same with another time that one call may take, 1 ms to 1 h. */
    public StripeKeys timeout(Duration value) {
        return new StripeKeys(address, ApiCalls.checkTime(value));
    }

    /** Prepares single keys, secret ({@code sk_}) or restricted ({@code rk_}): prefer restricted ones. */
    public OperatorIssuer.Builder single() {
        ProbeCall call = call();
        return OperatorIssuer.builder(SERVICE, value -> probe(call, value))
                .form(StripeKeys::flaw)
                .attributes(StripeKeys::attributes)
                .revocation(REVOCATION_DELAY);
    }

    /** Prepares pairs of a publishable and a secret or restricted key: see {@link StripePair}. */
    public OperatorIssuer.Builder pairs() {
        ProbeCall call = call();
        return OperatorIssuer.builder(SERVICE, value -> probePair(call, value))
                .form(StripePair::flaw)
                .attributes(StripeKeys::pairAttributes)
                .revocation(REVOCATION_DELAY);
    }

    @Override
    public String toString() {
        return "StripeKeys[" + address + "]";
    }

    private ProbeCall call() {
        return new ProbeCall(address.resolve(PROBE), timeout);
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
