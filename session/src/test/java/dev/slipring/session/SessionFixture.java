package dev.slipring.session;

import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.session.Verification.Rejected;
import dev.slipring.session.Verification.Valid;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A secret, a clock and a signer for {@code __Host-sid}; and the tokens that no honest signer makes. */
final class SessionFixture implements AutoCloseable {
    static final Duration LIFE = Duration.ofHours(12);
    static final Duration SKEW = Duration.ofSeconds(30);
    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    static final Duration HORIZON = FakeSecret.timing().horizon();

    final ManualClock clock = ManualClock.at(START);
    final FakeSecret secret = FakeSecret.create("session", clock, value(1));
    final SessionSigner signer = builder().build();

    SessionSigner.Builder builder() {
        return SessionSigner.builder(secret.rotating())
                .cookie("__Host-sid")
                .maxLife(LIFE)
                .clock(clock);
    }

    /** The value of version {@code number}. */
    static byte[] value(int number) {
        byte[] value = new byte[32];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) (number + 7 * i);
        }
        return value;
    }

    /** What a signer for {@code cookie} is built for. */
    static SignerSettings settings(String cookie, InstantSource clock) {
        return new SignerSettings(SessionCookie.named(cookie).build(), "", LIFE, null, clock, List.of(), Duration.ZERO);
    }

    static Timing lifetime(Duration lifetime) {
        Map<TimingParameter, Duration> values =
                new HashMap<>(FakeSecret.timing().values());
        values.put(TimingParameter.LIFETIME, lifetime);
        return new Timing(values);
    }

    /** Publishes, promotes and shows the next version. */
    int rotate() {
        return secret.rotate(value(secret.rotating().keyring().versions().size() + 1));
    }

    /** What whoever holds the value of {@code version} can sign. */
    static String forge(int version, String payload, Instant issuedAt, Instant expiresAt) {
        return forge(version, payload, issuedAt.getEpochSecond(), expiresAt.getEpochSecond());
    }

    static String forge(int version, String payload, long issuedAt, long expiresAt) {
        byte[] use = SessionKey.use(ascii("__Host-sid"), new byte[0]);
        SessionKey key = SessionKey.derive(SecretValue.copyOf(value(version)), use);
        return SignedToken.write(Claims.of(ascii(payload), (issuedAt << 32) | expiresAt), key);
    }

    Valid valid(String token) {
        return valid(signer, token);
    }

    static Valid valid(SessionSigner signer, String token) {
        Verification verification = signer.verify(token);
        if (verification instanceof Valid valid) {
            return valid;
        }
        throw new AssertionError(token + " is " + verification);
    }

    RejectionReason rejection(String token) {
        Verification verification = signer.verify(token);
        if (verification instanceof Rejected rejected) {
            return rejected.reason();
        }
        throw new AssertionError(token + " is " + verification);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        secret.close();
    }
}
