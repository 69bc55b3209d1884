package dev.slipring.crypto;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.UsableVersion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A secret that is to be a ring.
 *
 * @param secret its versions
 * @param remote finds the keys that the values name; null if the values are the keys
 */
record RingSource(RotatingSecret secret, KeyWrapper.@Nullable Source remote) {
    static RingSource local(RotatingSecret secret) {
        return new RingSource(Objects.requireNonNull(secret, "secret"), null);
    }

    static RingSource remote(RotatingSecret secret, KeyWrapper.Source remote) {
        return new RingSource(Objects.requireNonNull(secret, "secret"), Objects.requireNonNull(remote, "remote"));
    }

    /**
     * Passes if {@code sources} can be the rings of one encryptor.
     *
     * @throws IllegalArgumentException if two have one ring id, or a value that is to be a key is too short for one
     */
    static void check(List<RingSource> sources) {
        Map<Integer, RotatingSecret> byRing = new HashMap<>();
        for (RingSource source : sources) {
            RotatingSecret secret = source.secret;
            int ring = secret.keyring().edition().ringId();
            RotatingSecret other = byRing.putIfAbsent(ring, secret);
            if (other != null) {
                throw new IllegalArgumentException("secrets " + other.name() + " and " + secret.name()
                        + " both have ring id " + Integer.toUnsignedString(ring));
            }
            if (source.remote == null) {
                secret.keyring().accepted().forEach(version -> requireFit(secret, version));
            }
        }
    }

    private static void requireFit(RotatingSecret secret, UsableVersion version) {
        if (version.value().length() < Kek.MIN_VALUE) {
            throw new IllegalArgumentException("secret " + secret.name() + " version " + version.number() + " has "
                    + version.value().length() + " bytes; a KEK takes at least " + Kek.MIN_VALUE);
        }
    }
}
