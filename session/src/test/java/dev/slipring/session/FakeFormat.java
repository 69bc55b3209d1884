package dev.slipring.session;

import dev.slipring.keyring.SecretValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A foreign format whose cookies read {@code issue:expiry:payload}, in seconds since 1970; {@code !} is no session. */
record FakeFormat(String name, Instant sunset, Duration life, String cookie) implements ForeignFormat {
    static final SecretValue SECRET =
            SecretValue.copyOf("the secret of another framework.".getBytes(StandardCharsets.US_ASCII));

    static FakeFormat until(Instant sunset) {
        return new FakeFormat("fake", sunset, SessionFixture.LIFE, "old.sid");
    }

    static String value(Instant issuedAt, Instant expiresAt, String payload) {
        return issuedAt.getEpochSecond() + ":" + expiresAt.getEpochSecond() + ":" + payload;
    }

    @Override
    public List<SessionCookie> cookies() {
        return List.of(SessionCookie.named(cookie).build());
    }

    @Override
    public boolean isKeyedBy(SecretValue value) {
        return SECRET.equals(value);
    }

    @Override
    public ForeignReading read(RequestCookies cookies) {
        List<String> values = cookies.values(cookie);
        if (values.isEmpty()) {
            return new ForeignReading.Absent();
        }
        String[] parts = values.get(0).split(":", 3);
        if (parts.length < 3) {
            return new ForeignReading.Refused(RejectionReason.BAD_SIGNATURE);
        }
        return new ForeignReading.Found(
                parts[2].getBytes(StandardCharsets.UTF_8),
                Instant.ofEpochSecond(Long.parseLong(parts[0])),
                Instant.ofEpochSecond(Long.parseLong(parts[1])));
    }
}
