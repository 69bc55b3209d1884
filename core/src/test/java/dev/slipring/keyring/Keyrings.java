package dev.slipring.keyring;

import dev.slipring.testing.FakeSecret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keyrings for tests: version 1, 2, ... in the states given. */
final class Keyrings {
    static final SecretName NAME = SecretName.of("orders.session");
    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private Keyrings() {}

    /** A value of 32 bytes that all have the value {@code fill}. */
    static SecretValue value(int fill) {
        byte[] bytes = new byte[32];
        java.util.Arrays.fill(bytes, (byte) fill);
        return SecretValue.copyOf(bytes);
    }

    static SecretVersion version(int number, VersionState state) {
        return SecretVersion.staged(number, new SecretVersion.Origin("r" + number, number, 1), Optional.empty())
                .in(state);
    }

    static List<SecretVersion> versions(VersionState... states) {
        List<SecretVersion> versions = new ArrayList<>();
        for (VersionState state : states) {
            versions.add(version(versions.size() + 1, state));
        }
        return versions;
    }

    static Keyring.Edition edition(long incarnation, long epoch) {
        return new Keyring.Edition(incarnation, epoch, 1, FakeSecret.timing(), Optional.empty());
    }

    /** With values of its own: version n has {@code value(n)}. */
    static Keyring keyring(long incarnation, long epoch, VersionState... states) {
        Map<Integer, SecretValue> values = new HashMap<>();
        for (int i = 1; i <= states.length; i++) {
            values.put(i, value(i));
        }
        return keyring(incarnation, epoch, values, states);
    }

    static Keyring keyring(long incarnation, long epoch, Map<Integer, SecretValue> values, VersionState... states) {
        return Keyring.of(NAME, edition(incarnation, epoch), START, versions(states), values);
    }

    static Timing timing(Duration each) {
        EnumMap<TimingParameter, Duration> values = new EnumMap<>(TimingParameter.class);
        for (TimingParameter parameter : TimingParameter.values()) {
            values.put(parameter, each);
        }
        return new Timing(values);
    }
}
