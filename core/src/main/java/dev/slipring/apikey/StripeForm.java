package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Environment;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What Stripe's keys look like: {@code sk_live_...} and the like. Stateless. */
enum StripeForm {
    /** A key that acts without limits. */
    SECRET("sk"),
    /** A key with chosen rights. */
    RESTRICTED("rk"),
    /** A key for browsers and apps, no secret. */
    PUBLISHABLE("pk");

    /** Between the publishable and the secret key of a pair; in neither. */
    static final char BETWEEN = ':';

    private static final int LEAST = 16;
    private static final int MOST = 255;

    private final String kind;

    StripeForm(String kind) {
        this.kind = kind;
    }

    /** A recognised key. */
    record Found(StripeForm form, boolean isLive) {
        Map<String, String> attributes() {
            return Map.of("kind", form.name().toLowerCase(Locale.ROOT), "mode", isLive ? "live" : "test");
        }

        Optional<String> flaw(Environment environment) {
            if (environment == Environment.UNDECLARED) {
                return Optional.of("is a " + mode() + " key, and nobody has declared which environment this is");
            }
            boolean here = isLive == (environment == Environment.PRODUCTION);
            return here ? Optional.empty() : Optional.of("is a " + mode() + " key, and this is " + environment);
        }

        private String mode() {
            return isLive ? "live" : "test";
        }
    }

    /** The key that {@code value} is, if it is a single one of one of {@code forms}. */
    static Optional<Found> find(byte[] value, List<StripeForm> forms) {
        for (StripeForm form : forms) {
            if (isAfter(form.kind + "_live_", value)) {
                return Optional.of(new Found(form, true));
            } else if (isAfter(form.kind + "_test_", value)) {
                return Optional.of(new Found(form, false));
            }
        }
        return Optional.empty();
    }

    static Optional<Found> find(SecretValue value, StripeForm... forms) {
        return value.reveal(bytes -> find(bytes, List.of(forms)));
    }

    /** Whether {@code value} is {@code text} and then letters and digits, as many as a key has. */
    private static boolean isAfter(String text, byte[] value) {
        byte[] prefix = text.getBytes(US_ASCII);
        int length = value.length - prefix.length;
        if (length < LEAST
                || value.length > MOST
                || !Arrays.equals(prefix, 0, prefix.length, value, 0, prefix.length)) {
            return false;
        }
        for (int i = prefix.length; i < value.length; i++) {
            byte c = value[i];
            boolean known = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
            if (!known) {
                return false;
            }
        }
        return true;
    }
}
