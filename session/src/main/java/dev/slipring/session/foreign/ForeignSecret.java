package dev.slipring.session.foreign;

import dev.slipring.keyring.SecretStrength;
import dev.slipring.keyring.SecretValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A secret of another application and the keys that come of it. Safe for use by several threads. */
final class ForeignSecret {
    private static final int MIN_LENGTH = 16;
    /** No longer than {@link #MIN_LENGTH}. */
    private static final byte[] DJANGO_DEVELOPMENT = "django-insecure-".getBytes(StandardCharsets.US_ASCII);

    private final SecretValue value;
    private final List<MacKey> keys;

    private ForeignSecret(SecretValue value, List<MacKey> keys) {
        this.value = value;
        this.keys = keys;
    }

    /** The bytes of a secret that its application holds as text; the caller's to wipe. */
    static byte[] bytes(Scheme scheme, String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(scheme.label() + ": a secret with an unpaired surrogate");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Derives the keys of a secret.
     *
     * @param bytes stay the caller's
     * @throws IllegalArgumentException if it is too short or published, or cannot be a secret of the format
     */
    static ForeignSecret of(Scheme scheme, byte[] bytes) {
        if (bytes.length < MIN_LENGTH) {
            throw new IllegalArgumentException(scheme.label() + ": a secret of " + bytes.length
                    + " bytes is shorter than " + MIN_LENGTH + "; anybody could guess it");
        }
        SecretValue value = SecretValue.copyOf(bytes);
        try {
            flaw(scheme, bytes).ifPresent(flaw -> {
                throw new IllegalArgumentException(scheme.label() + ": a secret " + flaw);
            });
            List<MacKey> keys = scheme.keys(bytes).stream()
                    .map(key -> MacKey.consuming(key, scheme.algorithm()))
                    .toList();
            return new ForeignSecret(value, keys);
        } catch (RuntimeException e) {
            value.wipe();
            throw e;
        }
    }

    boolean hasSigned(Candidate candidate) {
        return keys.stream().anyMatch(key -> key.hasSigned(candidate));
    }

    boolean is(SecretValue other) {
        return value.equals(other);
    }

    MacKey key() {
        return keys.get(0);
    }

    void wipe() {
        value.wipe();
        keys.forEach(MacKey::wipe);
    }

    /** Django marks the secret of a new project, and many are in production with the mark: what counts is the rest. */
    private static Optional<String> flaw(Scheme scheme, byte[] bytes) {
        int mark = DJANGO_DEVELOPMENT.length;
        boolean marked = scheme instanceof DjangoScheme && Arrays.equals(bytes, 0, mark, DJANGO_DEVELOPMENT, 0, mark);
        byte[] rest = Arrays.copyOfRange(bytes, marked ? mark : 0, bytes.length);
        if (rest.length < MIN_LENGTH) {
            Arrays.fill(rest, (byte) 0);
            return Optional.of("has fewer than " + MIN_LENGTH + " bytes beyond the mark of a development key");
        }
        SecretValue judged = SecretValue.copyOf(rest);
        try {
            return SecretStrength.flaw(judged);
        } finally {
            judged.wipe();
            Arrays.fill(rest, (byte) 0);
        }
    }
}
