package dev.slipring.session;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a signer was built for.
 *
 * @param cookie name and attributes
 * @param purpose what separates its keys from those of others under the same name
 * @param maxLife longest life of a token
 * @param skew null stands for the skew that the secret's own timing states
 * @param clock stamps and judges tokens
 * @param formats to take sessions over from, in the order in which they are tried
 * @param warningInterval least time between two warnings of late use
 */
record SignerSettings(
        SessionCookie cookie,
        String purpose,
        Duration maxLife,
        @Nullable Duration skew,
        InstantSource clock,
        List<ForeignFormat> formats,
        Duration warningInterval) {

    /** What separates the keys of this signer from those of others under the same secret. */
    byte[] use() {
        return SessionKey.use(Utf8.encode(cookie.name(), "the cookie name"), Utf8.encode(purpose, "the purpose"));
    }

    /** The present second since 1970. */
    long now() {
        return Math.floorDiv(clock.millis(), 1000L);
    }
}
