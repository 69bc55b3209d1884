package dev.slipring.bench;

import dev.slipring.session.SessionSigner;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A signer on a secret with several accepted versions, and a token that was signed with each while it was primary. */
final class RotatedSessions implements AutoCloseable {
    private final Random random = new Random(20_260_122);
    private final FakeSecret secret;
    private final List<String> tokens = new ArrayList<>();
    private final SessionSigner signer;

    /** All of {@code versions} versions are accepted, the last is primary; tokens are judged by the system's clock. */
    RotatedSessions(int versions, byte[] payload) {
        secret = FakeSecret.create("session", ManualClock.at(Instant.now()), value());
        signer = SessionSigner.builder(secret.rotating())
                .cookie("__Host-sid")
                .maxLife(Duration.ofHours(12))
                .build();
        tokens.add(signer.sign(payload));
        while (tokens.size() < versions) {
            secret.rotate(value());
            tokens.add(signer.sign(payload));
        }
    }

    SessionSigner signer() {
        return signer;
    }

    /** The token of the version that was primary {@code rotations} rotations ago. */
    String token(int rotations) {
        return tokens.get(tokens.size() - 1 - rotations);
    }

    @Override
    public void close() {
        secret.close();
    }

    private byte[] value() {
        byte[] value = new byte[32];
        random.nextBytes(value);
        return value;
    }

    /** A payload of {@code length} letters and digits, as a session id is. */
    static byte[] id(int length) {
        return "user-42_Zx9".repeat(1 + length / 11).substring(0, length).getBytes(StandardCharsets.US_ASCII);
    }

    /** A payload of 64 bytes that a cookie cannot carry as it is. */
    static byte[] text64() {
        return "{\"user\":42,\"roles\":[\"editor\",\"reader\"],\"tenant\":\"north-sea.7231\"}"
                .substring(0, 64)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
