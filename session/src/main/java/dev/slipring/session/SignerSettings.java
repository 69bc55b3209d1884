package dev.slipring.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a signer was built for. Immutable; the array is not written. Not a record, since it holds one. */
final class SignerSettings {
    private final String cookie;
    private final byte[] use;
    private final Duration maxLife;
    private final @Nullable Duration skew;

    SignerSettings(String cookie, byte[] use, Duration maxLife, @Nullable Duration skew) {
        this.cookie = cookie;
        this.use = use;
        this.maxLife = maxLife;
        this.skew = skew;
    }

    String cookie() {
        return cookie;
    }

    /** What separates the keys of this signer from those of others under the same secret. */
    byte[] use() {
        return use;
    }

    Duration maxLife() {
        return maxLife;
    }

    /** Null stands for the skew that the secret's own timing states. */
    @Nullable
    Duration skew() {
        return skew;
    }
}
