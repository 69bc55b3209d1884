package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Environment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A publishable and a secret or restricted key of one Stripe account, which rotate as one value, so that no replica
 * ever uses one with the other's predecessor. Spelled {@code pk_...:sk_...}. Immutable but for {@link #wipe()}; safe
 * for use by several threads.
 */
public final class StripePair {
    private final String publishable;
    private final SecretValue secret;

    private StripePair(String publishable, SecretValue secret) {
        this.publishable = publishable;
        this.secret = secret;
    }

    /**
     * A pair of a publishable key, which is no secret, and a copy of a secret or restricted one.
     *
     * @throws IllegalArgumentException if they are not such keys, or one is live and the other is not; the message
     *     holds no material
     */
    public static StripePair of(String publishable, SecretValue secret) {
        byte[] first = publishable.getBytes(US_ASCII);
        String flaw = secret.<@Nullable String>reveal(bytes -> flaw(first, bytes));
        if (flaw != null) {
            throw new IllegalArgumentException("the value " + flaw);
        }
        return new StripePair(publishable, secret.copy());
    }

    /**
     * The pair that {@code value} spells.
     *
     * @param value stays the caller's
     * @throws IllegalArgumentException if it spells none; the message holds no material
     */
    public static StripePair parse(SecretValue value) {
        return value.reveal(bytes -> {
            int at = between(bytes);
            byte[] second = Arrays.copyOfRange(bytes, at + 1, bytes.length);
            try {
                String flaw = flaw(Arrays.copyOf(bytes, at), second);
                if (flaw != null) {
                    throw new IllegalArgumentException("the value " + flaw);
                }
                return new StripePair(new String(bytes, 0, at, US_ASCII), SecretValue.copyOf(second));
            } finally {
                Arrays.fill(second, (byte) 0);
            }
        });
    }

    /** The key for browsers and apps. */
    public String publishable() {
        return publishable;
    }

    /** The key for calls; it stays this object's. */
    public SecretValue secret() {
        return secret;
    }

    /** The spelling of both, owned and wiped by the caller. */
    public SecretValue toValue() {
        return secret.reveal(bytes -> {
            byte[] spelled = Arrays.copyOf(
                    (publishable + StripeForm.BETWEEN).getBytes(US_ASCII), publishable.length() + 1 + bytes.length);
            System.arraycopy(bytes, 0, spelled, publishable.length() + 1, bytes.length);
            try {
                return SecretValue.copyOf(spelled);
            } finally {
                Arrays.fill(spelled, (byte) 0);
            }
        });
    }

    /** Wipes the secret key; the pair cannot be used afterwards. */
    public void wipe() {
        secret.wipe();
    }

    /** The publishable key alone. */
    @Override
    public String toString() {
        return "StripePair[" + publishable + "]";
    }

    /** What is wrong with a value that should spell a pair for {@code environment}. */
    static Optional<String> flaw(SecretValue value, Environment environment) {
        return value.reveal(bytes -> {
            int at = between(bytes);
            byte[] second = Arrays.copyOfRange(bytes, at + 1, bytes.length);
            try {
                return Optional.ofNullable(flaw(Arrays.copyOf(bytes, at), second))
                        .or(() -> StripeForm.find(second, List.of(StripeForm.SECRET, StripeForm.RESTRICTED))
                                .flatMap(found -> found.flaw(environment)));
            } finally {
                Arrays.fill(second, (byte) 0);
            }
        });
    }

    private static @Nullable String flaw(byte[] publishable, byte[] secret) {
        Optional<StripeForm.Found> first = StripeForm.find(publishable, List.of(StripeForm.PUBLISHABLE));
        Optional<StripeForm.Found> second = StripeForm.find(secret, List.of(StripeForm.SECRET, StripeForm.RESTRICTED));
        if (first.isEmpty() || second.isEmpty()) {
            return "is not a pair of a publishable and a secret or restricted key, pk_...:sk_...";
        }
        return first.get().isLive() == second.get().isLive() ? null : "pairs a live key with a test key";
    }

    /** Where the first key ends; 0 if the value is no pair. */
    private static int between(byte[] value) {
        for (int i = 0; i < value.length; i++) {
            if (value[i] == StripeForm.BETWEEN) {
                return i;
            }
        }
        return 0;
    }
}
